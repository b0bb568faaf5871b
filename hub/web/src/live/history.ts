/** The newest values of one athlete and metric in two rings, oldest first; nothing is allocated while values arrive. */

/** 4096 values are 68 min at the 1/s of a heart strap, 17 min at 4/s: the live end of every chart preset fits. */
const CAPACITY = 4096;

export class History {
  readonly #times = new Float64Array(CAPACITY);
  readonly #values = new Float32Array(CAPACITY);
  #start = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Time in ms since 1970 of the i-th value, 0 the oldest. */
  time(index: number): number {
    return this.#times[(this.#start + index) % CAPACITY] ?? NaN;
  }

  /** The i-th value; NaN where a moment without a usable value was noted, so that a line breaks there. */
  value(index: number): number {
    return this.#values[(this.#start + index) % CAPACITY] ?? NaN;
  }

  get newestTime(): number {
    return this.#length === 0 ? -Infinity : this.time(this.#length - 1);
  }

  /** Appends a value; one that is not newer than the newest is old news and left out. */
  push(timeMs: number, value: number): boolean {
    if (timeMs <= this.newestTime) return false;
    const place = (this.#start + this.#length) % CAPACITY;
    this.#times[place] = timeMs;
    this.#values[place] = value;
    if (this.#length < CAPACITY) this.#length += 1;
    else this.#start = (this.#start + 1) % CAPACITY;
    return true;
  }

  /** Index of the first value at or after a time; `length` if there is none. */
  firstFrom(timeMs: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.time(middle) < timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

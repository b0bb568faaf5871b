/** An EventSource that says what the test says. */
export class FakeEventSource extends EventTarget {
  static readonly opened: FakeEventSource[] = [];
  readonly url: string;
  isClosed = false;

  constructor(url: string) {
    super();
    this.url = url;
    FakeEventSource.opened.push(this);
  }

  static get newest(): FakeEventSource {
    const newest = FakeEventSource.opened.at(-1);
    if (newest === undefined) throw new Error('No stream was opened yet.');
    return newest;
  }

  open(): void {
    this.dispatchEvent(new Event('open'));
  }

  /** As the browser tells an answer that is not 200 as well as a broken connection. */
  fail(): void {
    this.dispatchEvent(new Event('error'));
  }

  say(type: string, data: unknown, lastEventId = ''): void {
    this.sayText(type, JSON.stringify(data), lastEventId);
  }

  sayText(type: string, data: string, lastEventId = ''): void {
    this.dispatchEvent(new MessageEvent(type, { data, lastEventId }));
  }

  close(): void {
    this.isClosed = true;
  }
}

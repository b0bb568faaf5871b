/** Facts of a competition as tables: events and rounds with who came in how, and what a correction changed. */
import type { Content, Fact, FactChange } from './competitions';

export interface ResultRow {
  /** Of the result; of the entry where there is none yet. */
  fact: Fact;
  hasResult: boolean;
  rank: number | null;
  bib: string;
  heat: string;
  /** Time, goals, points or distance, as the source printed it. */
  mark: string;
  status: string;
  /** The time in 1/10,000 s, to sort by. */
  ticks: number | null;
  splits: number;
}

export interface ResultGroup {
  key: string;
  event: string;
  round: string;
  day: string;
  /** "official", "unofficial", or empty where the source does not say. */
  state: string;
  rows: ResultRow[];
  incidents: Content[];
}

export function textOf(content: Content, name: string): string {
  const value = content[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function numberOf(content: Content, name: string): number | null {
  const value = content[name];
  return typeof value === 'number' ? value : null;
}

function partsOf(content: Content, name: string): Content[] {
  const value = content[name];
  return Array.isArray(value) ? value.filter(part => isContent(part)) : [];
}

function isContent(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What counts of a result, in the words of its source. */
export function markOf(content: Content): string {
  const time = content['time'];
  if (isContent(time)) return textOf(time, 'text');
  const scores = partsOf(content, 'scores');
  const last = scores.find(score => score['period'] === 'ft') ?? scores.at(-1);
  if (last !== undefined) return textOf(last, 'value');
  const points = textOf(content, 'points');
  if (points !== '') return points;
  const distance = textOf(content, 'distance_m');
  return distance === '' ? '' : `${distance} m`;
}

/** The tables of a competition, in the order in which its events were first told. What was withdrawn stays in sight. */
export function groupsOf(facts: readonly Fact[]): ResultGroup[] {
  const of = (kind: Fact['kind']) =>
    new Map(facts.filter(one => one.kind === kind).map(one => [one.key, one]));
  const [events, rounds, heats, results] = [of('event'), of('round'), of('heat'), of('result')];
  return [...rounds.values()].map(round => {
    const own = [...heats.values()].filter(heat => heat.parent === round.key);
    const within = new Map(own.map(heat => [heat.key, heat]));
    const entries = facts.filter(one => one.kind === 'entry' && within.has(one.parent));
    const event = events.get(round.parent);
    return {
      key: round.key,
      event: event === undefined ? round.parent : eventName(event),
      round: textOf(round.content, 'name'),
      day: textOf(round.content, 'date'),
      state: textOf(own[0]?.content ?? {}, 'state'),
      rows: entries.map(entry => rowOf(entry, results.get(entry.key), own.length > 1)).toSorted(byRank),
      incidents: own.flatMap(heat => partsOf(heat.content, 'incidents')),
    };
  });
}

function eventName(event: Fact): string {
  const name = textOf(event.content, 'name');
  if (name !== '') return name;
  const distance = textOf(event.content, 'distance_m');
  const parts = [distance && `${distance} m`, textOf(event.content, 'stroke').toLowerCase()];
  return parts.filter(part => part !== '').join(' ') || event.key;
}

function rowOf(entry: Fact, result: Fact | undefined, hasHeats: boolean): ResultRow {
  const content = result?.content ?? {};
  const time = content['time'];
  return {
    fact: result ?? entry,
    hasResult: result !== undefined,
    rank: numberOf(content, 'rank'),
    bib: textOf(entry.content, 'bib'),
    heat: hasHeats ? textOf(entry.content, 'heat') : '',
    mark: markOf(content),
    status: textOf(content, 'status') || textOf(entry.content, 'status'),
    ticks: isContent(time) ? numberOf(time, 'ticks') : null,
    splits: partsOf(content, 'splits').length,
  };
}

/** As the source ranks them; whoever has no rank comes after, as told. Ties stay as they came. */
function byRank(one: ResultRow, other: ResultRow): number {
  return (one.rank ?? Infinity) - (other.rank ?? Infinity) || 0;
}

export interface FieldChange {
  field: string;
  /** Empty where there was or is nothing. */
  before: string;
  after: string;
}

/** What differs between two versions of a fact, field by field; of lists only what came and went. `names`: people by their keys. */
export function changesBetween(
  before: Content | null,
  after: Content,
  names: ReadonlyMap<string, string>,
): FieldChange[] {
  const earlier = before ?? {};
  return [...new Set([...Object.keys(earlier), ...Object.keys(after)])].flatMap(field => {
    const [was, is] = [linesOf(earlier[field], names), linesOf(after[field], names)];
    const [gone, came] = [without(was, is), without(is, was)];
    return gone.length + came.length === 0
      ? []
      : [{ field, before: gone.join('; '), after: came.join('; ') }];
  });
}

/** What a file did to a fact. A withdrawn one keeps its content: that it stands no more is the change. */
export function changesOf(change: FactChange, names: ReadonlyMap<string, string>): FieldChange[] {
  return change.state === 'withdrawn' ? [] : changesBetween(change.before, change.after, names);
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  return lines.filter(line => !others.includes(line));
}

function linesOf(value: unknown, names: ReadonlyMap<string, string>): string[] {
  if (Array.isArray(value)) return value.map(part => lineOf(part, names));
  const line = lineOf(value, names);
  return line === '' ? [] : [line];
}

/** A value in one line; a time as it was printed. */
export function lineOf(value: unknown, names: ReadonlyMap<string, string>): string {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(part => lineOf(part, names)).join(', ');
  if (!isContent(value)) return '';
  if (typeof value['text'] === 'string' && 'ticks' in value) return value['text'];
  // HT, FT, ET: as tables of football print them.
  if (typeof value['period'] === 'string')
    return `${value['period'].toUpperCase()} ${lineOf(value['value'], names)}`;
  return Object.entries(value)
    .map(([name, part]) => `${lineOf(part, names)}${UNITS[name] ?? ''}`)
    .filter(part => part !== '')
    .join(' ');
}

const UNITS: Readonly<Record<string, string>> = { minute: '′', distance_m: ' m' };

/** Names of people by their keys in facts; one that has gone is left out. */
export function namesOf(people: readonly { key: string; name: string | null }[]): Map<string, string> {
  return new Map(people.flatMap(({ key, name }) => (name === null ? [] : [[key, name]])));
}

/** What a fact is about, for a list of changes: who, or else where. */
export function subjectOf(factId: number, facts: ReadonlyMap<number, Fact>, key: string): string {
  const fact = facts.get(factId);
  if (fact === undefined) return key;
  if (fact.name !== null) return fact.name;
  return textOf(fact.content, 'name') || fact.key;
}

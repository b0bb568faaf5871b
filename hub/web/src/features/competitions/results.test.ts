import { describe, expect, it } from 'vitest';
import type { Content, Fact } from './competitions';
import { seasonOf } from './competitions';
import { changesBetween, groupsOf, lineOf, markOf } from './results';

let lastId = 0;

function fact(
  kind: Fact['kind'],
  key: string,
  parent: string,
  content: Content,
  name: string | null = null,
): Fact {
  lastId += 1;
  return {
    id: lastId,
    kind,
    key,
    parent,
    version: 1,
    state: 'official',
    content,
    competitor: null,
    name,
    club: null,
    athlete_id: null,
    file: 'heat.lif',
    told_by: 'Ana',
    told_at: '2026-05-02T10:00:00Z',
  };
}

const HEAT = [
  fact('event', '14', '', { name: 'Girls 100 m' }),
  fact('round', '14/f', '14', { name: 'final', date: '2026-05-02' }),
  fact('heat', '14/f/heat 1', '14/f', { number: 1, state: 'official' }),
  fact('entry', '14/f/1', '14/f/heat 1', { bib: '239' }, 'Bo Fennimoor'),
  fact(
    'result',
    '14/f/1',
    '14/f/1',
    { status: 'DSQ', time: { ticks: 120_100, text: '12.01' } },
    'Bo Fennimoor',
  ),
  fact('entry', '14/f/2', '14/f/heat 1', { bib: '235' }, 'Zoé O’Quill'),
  fact('result', '14/f/2', '14/f/2', { rank: 2, time: { ticks: 124_000, text: '12.40' } }, 'Zoé O’Quill'),
  fact('entry', '14/f/3', '14/f/heat 1', { bib: '236' }, 'Ann-Mär Løwnstad'),
  fact(
    'result',
    '14/f/3',
    '14/f/3',
    { rank: 2, time: { ticks: 124_000, text: '12.40' } },
    'Ann-Mär Løwnstad',
  ),
  fact('entry', '14/f/4', '14/f/heat 1', { bib: '234' }, 'Ilvy Öztürkova'),
  fact('result', '14/f/4', '14/f/4', { rank: 1, time: { ticks: 123_400, text: '12.34' } }, 'Ilvy Öztürkova'),
  fact('entry', '14/f/5', '14/f/heat 1', { bib: '240', status: 'PENDING' }, 'Alix Quarrow'),
];

describe('a table of results', () => {
  it('keeps the source’s ranks and ties, and whoever has none comes after', () => {
    const [group] = groupsOf(HEAT);
    expect(group?.rows.map(row => [row.rank, row.fact.name, row.bib])).toEqual([
      [1, 'Ilvy Öztürkova', '234'],
      [2, 'Zoé O’Quill', '235'],
      [2, 'Ann-Mär Løwnstad', '236'],
      [null, 'Bo Fennimoor', '239'],
      [null, 'Alix Quarrow', '240'],
    ]);
    expect(group).toMatchObject({
      event: 'Girls 100 m',
      round: 'final',
      day: '2026-05-02',
      state: 'official',
    });
  });

  it('shows a disqualified time, and an entry without a result', () => {
    const rows = groupsOf(HEAT)[0]?.rows ?? [];
    expect(rows[3]).toMatchObject({ mark: '12.01', status: 'DSQ', hasResult: true });
    expect(rows[4]).toMatchObject({ mark: '', status: 'PENDING', hasResult: false });
  });

  it('names a heat only where a round has several', () => {
    const second = [
      ...HEAT,
      fact('heat', '14/f/heat 2', '14/f', { number: 2 }),
      fact('entry', '14/f/6', '14/f/heat 2', { heat: 2 }),
    ];
    expect(groupsOf(HEAT)[0]?.rows.every(row => row.heat === '')).toBe(true);
    expect(groupsOf(second)[0]?.rows.at(-1)?.heat).toBe('2');
  });
});

describe('a value in one line', () => {
  it('is a score behind the name of its period, and a time as it was printed', () => {
    expect(lineOf({ period: 'ht', value: 0 }, new Map())).toBe('HT 0');
    expect(lineOf({ ticks: 123_400, text: '12.34' }, new Map())).toBe('12.34');
  });
});

describe('what counts of a result', () => {
  it('is the full time’s goals of a match, else time, points or distance', () => {
    expect(
      markOf({
        scores: [
          { period: 'ht', value: 0 },
          { period: 'ft', value: 3 },
          { period: 'p', value: 4 },
        ],
      }),
    ).toBe('3');
    expect(markOf({ points: '7.5' })).toBe('7.5');
    expect(markOf({ distance_m: 6.81 })).toBe('6.81 m');
    expect(markOf({ status: 'DNS' })).toBe('');
  });
});

const goal = (minute: number) => ({ kind: 'goal', minute, person: 'k1' });

describe('a correction', () => {
  const nobody = new Map<string, string>();

  it('tells a time as it was printed, and what came or went by itself', () => {
    expect(
      changesBetween(
        { rank: 2, time: { ticks: 123_400, text: '12.34' } },
        { rank: 1, time: { ticks: 123_100, text: '12.31' }, status: 'EXH' },
        nobody,
      ),
    ).toEqual([
      { field: 'rank', before: '2', after: '1' },
      { field: 'time', before: '12.34', after: '12.31' },
      { field: 'status', before: '', after: 'EXH' },
    ]);
  });

  it('of a list shows only the line that changed, with people by their names', () => {
    expect(
      changesBetween(
        { incidents: [goal(12), goal(40)] },
        { incidents: [goal(12), goal(41)] },
        new Map([['k1', 'Ilvy Öztürkova']]),
      ),
    ).toEqual([{ field: 'incidents', before: 'goal 40′ Ilvy Öztürkova', after: 'goal 41′ Ilvy Öztürkova' }]);
  });

  it('that says the same changes nothing', () => {
    expect(changesBetween({ rank: 1, splits: [] }, { rank: 1 }, nobody)).toEqual([]);
  });
});

describe('a season', () => {
  it('runs from July to June', () => {
    expect(['2026-06-30', '2026-07-01', '1999-12-31'].map(day => seasonOf(day))).toEqual([
      '2025/26',
      '2026/27',
      '1999/00',
    ]);
  });
});

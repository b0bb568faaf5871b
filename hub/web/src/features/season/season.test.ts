import { describe, expect, it } from 'vitest';
import type { OverviewWeek, TeamResult } from './season';
import { matchesOf, placesOf, valueOf, weeksUpTo } from './season';

const WEEK: OverviewWeek = {
  first_day: '2026-11-02',
  sessions: 4,
  matches: 1,
  there: 66,
  places: 88,
  load: { mean: 412.5, of: 20 },
  coverage_percent: { mean: 97.1, of: 20 },
  wellness: { mean: null, of: 3 },
  absent: 0,
};

function result(content: TeamResult['content'], more: Partial<TeamResult> = {}): TeamResult {
  return {
    id: 1,
    kind: 'result',
    key: 'k',
    parent: 'k',
    version: 1,
    state: 'official',
    content,
    competitor: 'c',
    name: null,
    club: null,
    athlete_id: null,
    file: 'a.json',
    told_by: 'League',
    told_at: '2026-11-07T20:00:00Z',
    competition_id: 'cup',
    competition: 'League',
    day: '2026-11-07',
    event: '',
    round: '',
    against: [],
    ...more,
  };
}

const goals = (value: number) => ({
  scores: [
    { period: 'ht', value: 9 },
    { period: 'ft', value },
  ],
});

describe('weeks', () => {
  it('are whole, from a Monday to today, also over a change of the clock', () => {
    expect(weeksUpTo(new Date(2026, 10, 1), 10)).toEqual({ from: '2026-08-24', to: '2026-11-01' });
    expect(weeksUpTo(new Date(2026, 10, 2), 10)).toEqual({ from: '2026-08-31', to: '2026-11-02' });
  });

  it('tell what is missing from 0', () => {
    expect(valueOf(WEEK, 'attendance')).toBe(75);
    expect(valueOf({ ...WEEK, there: 0, places: 0 }, 'attendance')).toBeNull();
    expect(valueOf(WEEK, 'wellness')).toBeNull();
    expect(valueOf(WEEK, 'absent')).toBe(0);
  });
});

describe('results of a team', () => {
  it('are matches by the goals of full time; what was withdrawn does not count', () => {
    const against = (theirs: number) => [{ name: 'Brackwater Rovers', content: goals(theirs) }];
    const told = matchesOf([
      result(goals(2), { against: against(1), day: '2026-10-31' }),
      result(goals(1), { against: against(1) }),
      result(goals(0), { against: against(3), state: 'withdrawn' }),
      result({ rank: 1 }, { athlete_id: 'a' }),
    ]);
    expect(told.map(({ day, outcome, ours, theirs }) => [day, outcome, ours, theirs])).toEqual([
      ['2026-11-07', 'drawn', 1, 1],
      ['2026-10-31', 'won', 2, 1],
    ]);
  });

  it('count the places of own athletes', () => {
    const own = (rank: number) => result({ rank }, { athlete_id: 'a' });
    const told = [
      own(1),
      own(3),
      own(4),
      result({ status: 'DNF' }, { athlete_id: 'b' }),
      result({ rank: 1 }),
    ];
    expect(placesOf(told)).toEqual({ firsts: 1, podium: 2, all: 4 });
  });
});

/** Competitions of paper: a meet whose heat was corrected twice, and somebody in it who must be told apart. */
import { randomUUID } from 'node:crypto';
import type { components } from '../src/api/schema.d.ts';
import type { StubRoute } from './stub-route.ts';
import { problem } from './stub-problem.ts';
import { SQUAD } from './stub-squad.ts';

type Schemas = components['schemas'];
type Content = Schemas['Fact']['content'];

export const STUB_CUP = '00000000-0000-4000-8000-000000008001';
const OF = '/api/v1/competitions/([^/]+)';
const TOLD = ['2026-05-02T16:10:00Z', '2026-05-02T16:40:00Z', '2026-05-03T09:05:00Z'];
const BY = ['pool-pc', 'Rui Castro', 'Helena Prado'];

export class StubCompetitions {
  competitions: Schemas['Competition'][] = [
    competition(STUB_CUP, 'Harbour Cup', '2026-05-02', 1),
    competition(randomUUID(), 'Spring gala', '2025-05-10', 0),
  ];
  people: Schemas['ResultCompetitor'][] = [
    person(1, 'k-silva', 'A. Silva', 'licence', SQUAD[0]?.id ?? null),
    person(2, 'k-quill', "Zoé O'Quill", 'none', null),
    { ...person(3, 'k-costa', 'B. Costa', 'ambiguous', null), candidates: [SQUAD[1]?.id ?? ''] },
    person(4, 'k-lownstad', 'Ann-Mär Løwnstad', 'none', null),
  ];
  facts: Schemas['Fact'][] = FACTS;
  clocks: Schemas['RaceClock'][] = [
    {
      name: 'lif',
      offset_ms: 1240,
      error_ms: 35,
      how: 'impulse',
      set_by: 'Rui Castro',
      set_at: TOLD[0] ?? '',
    },
  ];
  /** What a person said of whom. */
  readonly said: Schemas['WhoItIs'][] = [];
  readonly sent: string[] = [];

  routes(): StubRoute[] {
    return [
      ['GET', path('/api/v1/competitions'), () => page(this.competitions)],
      ['POST', path('/api/v1/competitions'), request => this.#added(request)],
      ['POST', path('/api/v1/competitions/files/preview'), request => preview(request)],
      ['POST', path('/api/v1/competitions/files'), request => this.#sent(request)],
      ['GET', path(OF), (_request, id) => this.#one(id)],
      ['GET', path(`${OF}/facts`), () => page(this.facts)],
      ['GET', path(`${OF}/competitors`), () => page(this.people)],
      ['GET', path(`${OF}/files`), () => page([file(2), file(1), file(0)])],
      ['POST', path(`${OF}/files/preview`), request => preview(request)],
      ['POST', path(`${OF}/files`), request => this.#sent(request)],
      ['GET', path(`${OF}/files/([^/]+)/changes`), (_request, _id, which) => page(changes(Number(which)))],
      ['GET', path(`${OF}/facts/([^/]+)/versions`), () => Response.json(VERSIONS)],
      ['GET', path(`${OF}/facts/([^/]+)/heart-rate`), () => Response.json(this.#rates())],
      ['GET', path(`${OF}/clocks`), () => Response.json(this.clocks)],
      ['PUT', path(`${OF}/clocks`), request => this.#set(request)],
      ['PUT', path(`${OF}/competitors/([^/]+)/athlete`), (request, _id, who) => this.#whoItIs(request, who)],
      ['GET', path('/api/v1/athletes/([^/]+)/results'), () => page([ownResult()])],
    ];
  }

  #one(id = ''): Response {
    const found = this.competitions.find(one => one.id === id);
    if (found !== undefined) return Response.json(found);
    return problem(404, 'not-found', 'There is no such competition.', 'Check the address.');
  }

  async #added(request: Request): Promise<Response> {
    const { name, first_day } = (await request.json()) as Schemas['NewCompetition'];
    const made = competition(randomUUID(), name, first_day ?? null, 0);
    this.competitions.unshift(made);
    return Response.json(made, { status: 201 });
  }

  async #sent(request: Request): Promise<Response> {
    this.sent.push(await request.text());
    return Response.json({ file: file(2), new: true, changes: changes(2) } satisfies Schemas['Taken'], {
      status: 201,
    });
  }

  async #set(request: Request): Promise<Response> {
    const { name, offset_ms, error_ms } = (await request.json()) as Schemas['NewRaceClock'];
    const clock: Schemas['RaceClock'] = {
      name,
      offset_ms: offset_ms ?? 0,
      error_ms: error_ms ?? 0,
      how: 'hand',
      set_by: 'Marta Duarte',
      set_at: new Date().toISOString(),
    };
    this.clocks = [...this.clocks.filter(one => one.name !== name), clock];
    return Response.json(clock);
  }

  async #whoItIs(request: Request, who = ''): Promise<Response> {
    const told = (await request.json()) as Schemas['WhoItIs'];
    this.said.push(told);
    this.people = this.people.map(one =>
      String(one.id) === who
        ? { ...one, athlete_id: told.athlete_id, matched: 'person', candidates: [] }
        : one,
    );
    return Response.json(this.people.find(one => String(one.id) === who));
  }

  #rates(): Schemas['SplitRates'] {
    return {
      fact_id: 13,
      version: 3,
      athlete_id: SQUAD[0]?.id ?? null,
      clock: this.clocks[0] ?? null,
      reason: this.clocks.length === 0 ? 'no_clock' : '',
      splits:
        this.clocks.length === 0 ? [] : [split('50 m', 0, 29_900, 171), split('100 m', 29_900, 62_310, 184)],
      legs: [],
    };
  }
}

function afterStart(ms: number): string {
  return new Date(Date.parse('2026-05-02T16:05:23Z') + ms).toISOString();
}

function split(at: string, from: number, to: number, mean: number): Schemas['SplitRate'] {
  return {
    at,
    distance_m: null,
    from: afterStart(from),
    to: afterStart(to),
    mean,
    low: mean - 6,
    high: mean + 5,
    coverage: 0.96,
  };
}

function competition(
  id: string,
  name: string,
  first_day: string | null,
  ambiguous: number,
): Schemas['Competition'] {
  return {
    id,
    name,
    city: 'Niemandsried',
    nation: 'AUT',
    first_day,
    last_day: first_day,
    zone: 'UTC',
    added_at: TOLD[0] ?? '',
    files: 3,
    ambiguous,
  };
}

function person(
  id: number,
  key: string,
  name: string,
  matched: Schemas['ResultCompetitor']['matched'],
  athlete_id: string | null,
): Schemas['ResultCompetitor'] {
  return {
    id,
    key,
    kind: 'person',
    name,
    birth: '2008',
    gender: 'F',
    nation: 'AUT',
    club: id === 1 || id === 3 ? 'Atlético do Vale' : 'SV Nord',
    matched,
    athlete_id,
    candidates: [],
  };
}

const time = (text: string): Content => ({ ticks: Math.round(seconds(text) * 10_000), text });

function seconds(text: string): number {
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

function fact(
  id: number,
  kind: Schemas['Fact']['kind'],
  key: string,
  parent: string,
  content: Content,
): Schemas['Fact'] {
  return {
    id,
    kind,
    key,
    parent,
    version: 1,
    state: 'official',
    content,
    competitor: null,
    name: null,
    club: null,
    athlete_id: null,
    file: 'heat.lif',
    told_by: BY[0] ?? '',
    told_at: TOLD[0] ?? '',
  };
}

function swimmer(
  id: number,
  who: Pick<Schemas['ResultCompetitor'], 'key' | 'name' | 'club'> & { athlete_id?: string | null },
  bib: string,
  content: Content,
): Schemas['Fact'][] {
  const about = { competitor: who.key, name: who.name, club: who.club, athlete_id: who.athlete_id ?? null };
  const key = `14/final/${who.key}`;
  return [
    { ...fact(id, 'entry', key, '14/final/heat 1', { bib, competitor: who.key }), ...about },
    { ...fact(id + 1, 'result', key, key, content), ...about },
  ];
}

const SILVA = {
  key: 'k-silva',
  name: 'A. Silva',
  club: 'Atlético do Vale',
  athlete_id: SQUAD[0]?.id ?? null,
};

const FACTS: Schemas['Fact'][] = [
  fact(1, 'event', '14', '', { name: 'Girls 100 m freestyle' }),
  fact(2, 'round', '14/final', '14', { name: 'final', date: '2026-05-02' }),
  fact(3, 'heat', '14/final/heat 1', '14/final', { number: 1, state: 'official' }),
  ...swimmer(12, SILVA, '234', {
    rank: 1,
    time: time('1:02.31'),
    splits: [{ at: '50 m', time: time('29.90') }],
  }).map(one => (one.kind === 'result' ? { ...one, version: 3, state: 'corrected' as const } : one)),
  ...swimmer(14, { key: 'k-quill', name: "Zoé O'Quill", club: 'SV Nord' }, '235', {
    rank: 2,
    time: time('1:02.40'),
  }),
  ...swimmer(16, { key: 'k-costa', name: 'B. Costa', club: 'Atlético do Vale' }, '236', {
    rank: 2,
    time: time('1:02.40'),
  }),
  ...swimmer(18, { key: 'k-lownstad', name: 'Ann-Mär Løwnstad', club: 'SV Nord' }, '237', {
    status: 'DSQ',
    time: time('1:01.99'),
  }),
];

const VERSIONS: Schemas['FactVersion'][] = [
  { rank: 1, time: time('1:02.34') },
  { rank: 2, time: time('1:02.44') },
  { rank: 1, time: time('1:02.31') },
].map((content, place) => ({
  version: place + 1,
  state: place === 0 ? 'official' : 'corrected',
  content,
  file: 'heat.lif',
  way: place === 0 ? 'gateway' : 'upload',
  told_by: BY[place] ?? '',
  told_at: TOLD[place] ?? '',
}));

function changes(which: number): Schemas['FactChange'][] {
  const [before, after] = [VERSIONS[which - 1], VERSIONS[which]];
  if (before === undefined || after === undefined) return [];
  return [
    {
      fact_id: 13,
      kind: 'result',
      key: '14/final/k-silva',
      version: after.version,
      state: 'corrected',
      before: before.content,
      after: after.content,
    },
  ];
}

function reading(
  which: number,
): Omit<Schemas['ResultFile'], 'id' | 'competition_id' | 'way' | 'told_by' | 'told_at'> {
  return {
    name: 'heat.lif',
    format: 'lif',
    pieces: 4,
    of: which === 0 ? 4 : 5,
    refused:
      which === 0
        ? []
        : [
            {
              line: 6,
              reason: 'The time 12.6x cannot be read.',
              text: '4,237,3,Vostermaan,Bex,Club Süd,12.6x',
            },
          ],
    notes: [],
    whole: true,
    added: which === 0 ? 11 : 0,
    corrected: which === 0 ? 0 : 1,
    withdrawn: 0,
    unchanged: which === 0 ? 0 : 10,
  };
}

function file(which: number): Schemas['ResultFile'] {
  return {
    ...reading(which),
    id: which,
    competition_id: STUB_CUP,
    way: which === 0 ? 'gateway' : 'upload',
    told_by: BY[which] ?? '',
    told_at: TOLD[which] ?? '',
  };
}

/** Of an empty file nothing can be read. */
async function preview(request: Request): Promise<Response> {
  const name = new URL(request.url).searchParams.get('name') ?? '';
  if ((await request.text()) === '')
    return problem(
      422,
      'invalid',
      `${name}: The file is empty.`,
      'Send the file as its program wrote it; nothing was stored.',
    );
  return Response.json({
    ...reading(2),
    name,
    competition: 'Harbour Cup',
    founds: false,
    new: true,
    changes: changes(2),
    people: [
      { ...person(3, 'k-costa', 'B. Costa', 'ambiguous', null), candidates: [SQUAD[1]?.id ?? ''] },
      person(1, 'k-silva', 'A. Silva', 'licence', SQUAD[0]?.id ?? null),
      person(2, 'k-quill', "Zoé O'Quill", 'none', null),
    ],
  } satisfies Schemas['FilePreview']);
}

function ownResult(): Schemas['AthleteResult'] {
  const result = FACTS.find(one => one.id === 13) ?? fact(13, 'result', '', '', {});
  return {
    ...result,
    competition_id: STUB_CUP,
    competition: 'Harbour Cup',
    day: '2026-05-02',
    event: 'Girls 100 m freestyle',
    round: 'final',
  };
}

function path(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}

function page(items: readonly unknown[]): Response {
  return Response.json({ items, next: null });
}

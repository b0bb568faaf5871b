import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { useState } from 'react';
import type { Athlete, Team } from '@/api/queries';
import { athletesQuery, teamsQuery } from '@/api/queries';
import { Button } from '@/components/ui/button';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { PeopleIcon } from '@/components/ui/first-icons';
import { PlusIcon } from '@/components/ui/icons';
import { Loaded } from '@/components/ui/loaded';
import { NumberedName } from '@/components/ui/numbered-name';
import { Page } from '@/components/ui/page';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { peopleWords } from '@/words/people';
import { AddAthlete } from './add-athlete';
import { AddTeam } from './add-team';
import { BringRoster } from './bring-roster';
import { ParametersDialog } from './parameters-dialog';

interface PeoplePageProps {
  teamId: string | undefined;
  /** Whether this person may add teams. */
  addsTeams: boolean;
  /** What an athlete agreed to, as staff see and record it; another feature's dialog. */
  Consents: Consents;
}

type Consents = ComponentType<{ athlete: Athlete; onClose: () => void }>;

type Open = 'team' | 'athlete' | 'roster' | Athlete | null;

/** Who trains here: reading, adding, bringing a list, and what formulas know of each. */
export function PeoplePage({ teamId, addsTeams, Consents: OfAthlete }: PeoplePageProps) {
  const words = useWords(peopleWords);
  const teams = useQuery(teamsQuery);
  const athletes = useQuery(athletesQuery(teamId));
  const [open, setOpen] = useState<Open>(null);
  const [consenting, setConsenting] = useState<Athlete | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const known = teams.data ?? [];
  const chosen = teamId ?? known[0]?.id;
  return (
    <Page
      title={words.title}
      actions={<Actions hasTeam={chosen !== undefined} addsTeams={addsTeams} onOpen={setOpen} />}
    >
      {told !== null && (
        <p role="status" className="text-good">
          {told}
        </p>
      )}
      <Loaded query={athletes} what={words.what.people}>
        {people =>
          people.length === 0 ? (
            <Nobody hasTeam={chosen !== undefined} />
          ) : (
            <PeopleTable people={people} teams={known} onParameters={setOpen} onConsents={setConsenting} />
          )
        }
      </Loaded>
      {consenting !== null && <OfAthlete athlete={consenting} onClose={() => setConsenting(null)} />}
      <Opened open={open} teams={known} teamId={chosen} onClose={() => setOpen(null)} onStored={setTold} />
    </Page>
  );
}

interface OpenedProps {
  open: Open;
  teams: readonly Team[];
  teamId: string | undefined;
  onClose: () => void;
  onStored: (told: string) => void;
}

/** The dialog that was asked for, if any. */
function Opened({ open, teams, teamId, onClose, onStored }: OpenedProps) {
  if (open === null) return null;
  if (open === 'team') return <AddTeam onClose={onClose} />;
  if (typeof open === 'object') return <ParametersDialog athlete={open} onClose={onClose} />;
  if (teamId === undefined) return null;
  if (open === 'athlete') return <AddAthlete teams={teams} teamId={teamId} onClose={onClose} />;
  return <BringRoster teams={teams} teamId={teamId} onClose={onClose} onStored={onStored} />;
}

interface ActionsProps {
  hasTeam: boolean;
  addsTeams: boolean;
  onOpen: (open: Open) => void;
}

function Actions({ hasTeam, addsTeams, onOpen }: ActionsProps) {
  const words = useWords(peopleWords);
  return (
    <>
      {addsTeams && (
        <Button look={hasTeam ? 'outline' : 'solid'} onClick={() => onOpen('team')}>
          {words.addTeam}
        </Button>
      )}
      {hasTeam && (
        <>
          <Button onClick={() => onOpen('roster')}>{words.bringRoster}</Button>
          <Button look="solid" onClick={() => onOpen('athlete')}>
            <PlusIcon /> {words.addAthlete}
          </Button>
        </>
      )}
    </>
  );
}

function Nobody({ hasTeam }: { hasTeam: boolean }) {
  const words = useWords(peopleWords);
  return (
    <EmptyPanel icon={<PeopleIcon className="size-9" />} title={hasTeam ? words.nobody : words.noTeam}>
      {hasTeam ? words.nobodyHint : words.noTeamHint}
    </EmptyPanel>
  );
}

interface PeopleTableProps {
  people: readonly Athlete[];
  teams: readonly Team[];
  onParameters: (athlete: Athlete) => void;
  onConsents: (athlete: Athlete) => void;
}

function PeopleTable({ people, teams, onParameters, onConsents }: PeopleTableProps) {
  const words = useWords(peopleWords);
  const { date } = useFormats();
  const names = new Map(teams.map(team => [team.id, team.name]));
  const columns: Column<Athlete>[] = [
    { name: words.column.athlete, isHead: true, by: one => one.name, show: whoIs },
    {
      name: words.column.team,
      by: one => names.get(one.team_id) ?? null,
      show: one => names.get(one.team_id) ?? '–',
    },
    {
      name: words.column.hrMax,
      unit: words.unit.bpm,
      isNumber: true,
      by: one => one.hr_max,
      show: one => one.hr_max ?? '–',
    },
    {
      name: words.column.born,
      by: one => one.birth_date,
      show: one => (one.birth_date === null ? '–' : date(`${one.birth_date}T12:00`)),
    },
    { name: words.column.contact, show: one => one.contact ?? '–' },
    {
      name: words.column.parameters,
      show: openerOf(words.parameters.show, words.parameters.open, onParameters),
    },
    {
      name: words.column.consents,
      show: openerOf(words.parameters.show, words.consentsOf, onConsents),
    },
  ];
  return <DataTable caption={words.what.people} columns={columns} rows={people} rowKey={one => one.id} />;
}

function whoIs({ id, name, number }: Athlete) {
  return (
    <NumberedName number={number}>
      <Link
        to="/athletes/$athleteId"
        params={{ athleteId: id }}
        className="underline decoration-line-strong underline-offset-4"
      >
        {name}
      </Link>
    </NumberedName>
  );
}

/** A button that opens what is known of an athlete. */
function openerOf(word: string, nameOf: (name: string) => string, onOpen: (athlete: Athlete) => void) {
  return (athlete: Athlete) => (
    <Button look="quiet" className="px-2" aria-label={nameOf(athlete.name)} onClick={() => onOpen(athlete)}>
      {word}
    </Button>
  );
}

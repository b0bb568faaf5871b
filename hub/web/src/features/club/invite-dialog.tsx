import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { consentTextsQuery, newestTexts } from '@/api/consents';
import type { Me } from '@/api/queries';
import { athletesQuery, teamsQuery } from '@/api/queries';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { textOf } from '@/components/ui/form-texts';
import { Dialog } from '@/components/ui/dialog';
import { Refusal } from '@/components/ui/refusal';
import { Segments } from '@/components/ui/segments';
import { SelectField } from '@/components/ui/select-field';
import { TextField } from '@/components/ui/text-field';
import { Ticks } from '@/components/ui/ticks';
import { useWords } from '@/words/catalogue';
import { clubWords } from '@/words/club';
import { commonWords } from '@/words/common';
import { roleWords } from '@/words/roles';
import type { MadeInvitation, NewInvitation, Role } from './club';
import { DAYS, OF_ATHLETES, OF_TEAMS, ROLES, invitationsQuery, invite } from './club';

interface InviteDialogProps {
  /** Of whoever invites: coaches and trainers invite athletes and guardians. */
  role: Me['role'];
  onMade: (made: MadeInvitation) => void;
  onClose: () => void;
}

const WAYS = ['letter', 'link'] as const;
const LONGEST_DAYS = 30;

/** As what, about whom, and by which way. */
export function InviteDialog({ role: own, onMade, onClose }: InviteDialogProps) {
  const words = useWords(clubWords).invitations;
  const common = useWords(commonWords);
  const roles = useWords(roleWords);
  const offered = rolesFor(own);
  const [role, setRole] = useState<Role>(offered.includes('coach') ? 'coach' : 'athlete');
  const [about, setAbout] = useState('');
  const [way, setWay] = useState<(typeof WAYS)[number]>('letter');
  const [asks, setAsks] = useState<readonly string[] | null>(null);
  const texts = newestTexts(useQuery(consentTextsQuery).data ?? []);
  const asked = asks ?? texts.map(({ purpose }) => purpose);
  const isOfAthlete = OF_ATHLETES.includes(role);
  const make = useAct(invite, invitationsQuery.queryKey);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const email = textOf(fields, 'email');
    make.mutate(
      {
        role,
        way,
        email: email === '' ? null : email,
        days: Number(textOf(fields, 'days')),
        ...aboutWhom(role, about),
        asks: isOfAthlete
          ? texts
              .filter(one => asked.includes(one.purpose))
              .map(({ purpose, version }) => ({ purpose, version }))
          : [],
      },
      { onSuccess: onMade },
    );
  };
  return (
    <Dialog title={words.invite} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <SelectField
          label={words.as}
          value={role}
          options={offered.map(value => ({ value, label: roles[value] }))}
          onChange={event => {
            setRole(offered.find(one => one === event.target.value) ?? role);
            setAbout('');
          }}
        />
        <p className="text-sm text-ink-soft">{words.may[role]}</p>
        <About role={role} value={about} onChange={setAbout} />
        <Segments
          legend={words.way}
          options={WAYS.map(value => ({ value, label: words.ways[value] }))}
          value={way}
          onChange={value => setWay(value)}
          className="self-start"
        />
        <TextField
          label={way === 'letter' ? words.email : words.emailOptional}
          name="email"
          type="email"
          autoComplete="off"
          required={way === 'letter'}
          maxLength={254}
        />
        {isOfAthlete && texts.length > 0 && (
          <Ticks
            legend={words.asks}
            options={texts.map(({ purpose }) => purpose)}
            names={Object.fromEntries(
              texts.map(({ purpose, version }) => [purpose, `${purpose} (${version})`]),
            )}
            ticked={asked}
            onChange={setAsks}
          />
        )}
        <TextField
          label={words.days}
          name="days"
          type="number"
          min={1}
          max={LONGEST_DAYS}
          defaultValue={DAYS}
          required
        />
        <Refusal error={make.error} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" look="solid" disabled={make.isPending}>
            {way === 'letter' ? words.send : words.makeLink}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Admins invite to all roles, directors to those below, others to what is about their athletes. */
function rolesFor(own: Me['role']): readonly Role[] {
  if (own === 'admin') return ROLES;
  if (own === 'director') return ROLES.filter(role => role !== 'admin' && role !== 'director');
  return OF_ATHLETES;
}

function aboutWhom(role: Role, about: string): Partial<NewInvitation> {
  if (about === '') return {};
  return OF_ATHLETES.includes(role) ? { athlete_id: about } : { team_id: about };
}

interface AboutProps {
  role: Role;
  value: string;
  onChange: (value: string) => void;
}

/** The team of who trains, the athlete of who is measured or stands for one; nothing of who reaches the whole club. */
function About({ role, value, onChange }: AboutProps) {
  const words = useWords(clubWords).invitations;
  const { data: teams = [] } = useQuery(teamsQuery);
  const { data: athletes = [] } = useQuery(athletesQuery(undefined));
  if (OF_TEAMS.includes(role))
    return (
      <SelectField
        label={words.team}
        value={value}
        options={[{ value: '', label: words.noTeam }, ...optionsOf(teams)]}
        onChange={event => onChange(event.target.value)}
      />
    );
  if (!OF_ATHLETES.includes(role)) return null;
  // whoever has an account needs none; a guardian may stand for anybody
  const free = role === 'athlete' ? athletes.filter(one => one.account_id === null) : athletes;
  return (
    <SelectField
      label={words.athlete}
      value={value}
      required
      options={[{ value: '', label: words.chooseAthlete }, ...optionsOf(free)]}
      onChange={event => onChange(event.target.value)}
    />
  );
}

function optionsOf(named: readonly { id: string; name: string }[]) {
  return named.map(({ id, name }) => ({ value: id, label: name }));
}

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Me } from '@/api/queries';
import { athletesQuery, teamsQuery } from '@/api/queries';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { PlusIcon } from '@/components/ui/icons';
import { Loaded } from '@/components/ui/loaded';
import { Panel, Row } from '@/components/ui/panel';
import { Refusal } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { clubWords } from '@/words/club';
import { useFormats } from '@/words/formats';
import { roleWords } from '@/words/roles';
import type { Invitation, MadeInvitation } from './club';
import { invitationsQuery, letterOf, lettersQuery, sendAgain, standing, withdraw } from './club';
import { InviteDialog } from './invite-dialog';
import { MadeDialog } from './made-dialog';

/** Who is invited as what, what became of it, and what can still be done about it. */
export function InvitationsPanel({ role }: { role: Me['role'] }) {
  const words = useWords(clubWords);
  const query = useQuery(invitationsQuery);
  const [isInviting, setIsInviting] = useState(false);
  const [made, setMade] = useState<MadeInvitation | null>(null);
  const tell = (invitation: MadeInvitation) => {
    setIsInviting(false);
    setMade(invitation);
  };
  return (
    <Panel title={words.part.invitations} hint={words.invitations.hint}>
      <Button look="solid" className="self-start" onClick={() => setIsInviting(true)}>
        <PlusIcon /> {words.invitations.invite}
      </Button>
      <Loaded query={query} what={words.what.invitations}>
        {invitations =>
          invitations.length === 0 ? (
            <p className="text-ink-soft">{words.invitations.none}</p>
          ) : (
            <List invitations={invitations} seesLetters={role === 'admin'} onMade={tell} />
          )
        }
      </Loaded>
      {isInviting && <InviteDialog role={role} onMade={tell} onClose={() => setIsInviting(false)} />}
      {made !== null && <MadeDialog made={made} onClose={() => setMade(null)} />}
    </Panel>
  );
}

interface ListProps {
  invitations: readonly Invitation[];
  /** Admins alone are told what became of letters. */
  seesLetters: boolean;
  onMade: (made: MadeInvitation) => void;
}

function List({ invitations, seesLetters, onMade }: ListProps) {
  const { data: letters = [] } = useQuery({ ...lettersQuery, enabled: seesLetters });
  const end = useAct(withdraw, invitationsQuery.queryKey);
  const again = useAct(sendAgain, invitationsQuery.queryKey);
  const isBusy = end.isPending || again.isPending;
  return (
    <>
      <ul>
        {invitations.map(invitation => (
          <Entry
            key={invitation.id}
            invitation={invitation}
            letter={letterOf(invitation, letters)?.state}
            isBusy={isBusy}
            onEnd={() => end.mutate(invitation.id)}
            onAgain={() => again.mutate(invitation, { onSuccess: onMade })}
          />
        ))}
      </ul>
      <Refusal error={end.error ?? again.error} />
    </>
  );
}

interface EntryProps {
  invitation: Invitation;
  letter: 'waiting' | 'sent' | 'failed' | undefined;
  isBusy: boolean;
  onEnd: () => void;
  onAgain: () => void;
}

function Entry({ invitation, letter, isBusy, onEnd, onAgain }: EntryProps) {
  const words = useWords(clubWords).invitations;
  const roles = useWords(roleWords);
  const { moment } = useFormats();
  const about = useAbout(invitation);
  const state = standing(invitation);
  const name = `${roles[invitation.role]}${about === undefined ? '' : `, ${about}`}`;
  return (
    <Row
      name={name}
      facts={[
        words.state[state](moment(invitation.accepted_at ?? invitation.expires_at)),
        invitation.email ?? (state === 'accepted' ? false : words.byLink),
        state !== 'accepted' && letter !== undefined && words.letter[letter],
      ]}
      action={
        state !== 'accepted' && (
          <div className="flex flex-wrap gap-2">
            <Button disabled={isBusy} aria-label={words.againOf(name)} onClick={onAgain}>
              {words.again}
            </Button>
            <Button disabled={isBusy} aria-label={words.withdrawOf(name)} onClick={onEnd}>
              {words.withdraw}
            </Button>
          </div>
        )
      }
    />
  );
}

/** The team or the athlete that it is about. */
function useAbout({ team_id: teamId, athlete_id: athleteId }: Invitation): string | undefined {
  const { data: teams = [] } = useQuery(teamsQuery);
  const { data: athletes = [] } = useQuery(athletesQuery(undefined));
  const about: readonly { id: string; name: string }[] = athleteId === null ? teams : athletes;
  return about.find(({ id }) => id === (athleteId ?? teamId))?.name;
}

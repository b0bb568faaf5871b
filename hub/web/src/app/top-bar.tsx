import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Me } from '@/api/queries';
import { teamsQuery } from '@/api/queries';
import { PulseIcon } from '@/components/ui/first-icons';
import { AccountMenu } from '@/features/account/account-menu';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { frameWords } from '@/words/frame';
import { OwnLinks } from './own-links';
import { ConnectionChip } from './connection-chip';

interface TopBarProps {
  me: Me;
  teamId: string | undefined;
  /** Left out where the choice would change nothing. */
  onTeam: ((teamId: string | undefined) => void) | undefined;
  onSignedOut: () => void;
}

export function TopBar({ me, teamId, onTeam, onSignedOut }: TopBarProps) {
  const frame = useWords(frameWords);
  return (
    <header className="print:hidden flex min-h-14 items-center gap-2 border-b border-line bg-surface px-2 sm:gap-3 sm:px-4">
      <Link
        to="/"
        search={teamId === undefined ? {} : { team: teamId }}
        className="flex min-h-11 min-w-11 items-center justify-center gap-2 rounded-lg font-bold"
        aria-label={frame.home}
      >
        <PulseIcon className="size-7 text-accent" />
        <span className="hidden md:inline">Smart Training</span>
      </Link>
      <TeamSwitch teamId={teamId} onTeam={onTeam} clubName={me.club.name} />
      <div className="ml-auto flex items-center gap-1 sm:gap-2">
        <ConnectionChip />
        <AccountMenu me={me} onSignedOut={onSignedOut} more={<OwnLinks />} />
      </div>
    </header>
  );
}

interface TeamSwitchProps {
  teamId: string | undefined;
  onTeam: TopBarProps['onTeam'];
  clubName: string;
}

/** A native list: it works on every tablet, with gloves and with a screen reader. One team needs no choice. */
function TeamSwitch({ teamId, onTeam, clubName }: TeamSwitchProps) {
  const words = useWords(frameWords);
  const { allTeams } = useWords(commonWords);
  const { data: teams = [] } = useQuery(teamsQuery);
  if (onTeam === undefined) return <p className="min-w-0 truncate text-ink-soft">{clubName}</p>;
  if (teams.length < 2)
    return (
      <p className="min-w-0 truncate text-ink-soft">
        <span className={teams.length === 0 ? '' : 'hidden sm:inline'}>{clubName}</span>
        {teams[0] && <span className="hidden sm:inline"> · </span>}
        {teams[0]?.name}
      </p>
    );
  return (
    <label className="flex min-w-0 items-center gap-2">
      <span className="sr-only">{words.team}</span>
      <select
        className="min-h-11 max-w-full min-w-0 truncate rounded-lg border border-line-strong bg-surface px-2"
        value={teamId ?? ''}
        onChange={event => onTeam(event.target.value || undefined)}
      >
        <option value="">{allTeams}</option>
        {teams.map(team => (
          <option key={team.id} value={team.id}>
            {team.name}
          </option>
        ))}
      </select>
    </label>
  );
}

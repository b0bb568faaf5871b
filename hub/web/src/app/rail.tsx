import { Link } from '@tanstack/react-router';
import type { Me } from '@/api/queries';
import { useWords } from '@/words/catalogue';
import { placeWords } from '@/words/places';
import { placesOf } from './places';

interface RailProps {
  role: Me['role'];
  teamId: string | undefined;
}

/** Where one can go: at the left of a wide window, at the foot of a narrow one. One place needs no choice. */
export function Rail({ role, teamId }: RailProps) {
  const words = useWords(placeWords);
  const places = placesOf(role);
  if (places.length < 2) return null;
  return (
    <nav
      aria-label={words.navigation}
      className="print:hidden order-last flex shrink-0 justify-around border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:order-none lg:w-24 lg:flex-col lg:justify-start lg:gap-1 lg:overflow-y-auto lg:border-t-0 lg:border-r lg:p-2"
    >
      {places.map(({ to, name, Icon }) => (
        <Link
          key={to}
          to={to}
          search={teamId === undefined ? {} : { team: teamId }}
          activeOptions={{ exact: to === '/', includeSearch: false }}
          className="flex min-h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 rounded-lg text-xs font-medium tracking-tight lg:px-1 lg:tracking-normal text-ink-soft hover:bg-raised data-[status=active]:text-accent lg:flex-none data-[status=active]:lg:bg-raised forced-colors:data-[status=active]:text-[Highlight]"
        >
          <Icon className="size-6" />
          <span className="max-w-full truncate">{words[name]}</span>
        </Link>
      ))}
    </nav>
  );
}

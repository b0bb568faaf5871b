import { Link } from '@tanstack/react-router';
import { useWords } from '@/words/catalogue';
import { fleetWords } from '@/words/fleet';

const PARTS = [
  ['/fleet', 'gateways'],
  ['/sensors', 'sensors'],
  ['/ingest', 'ingest'],
] as const;

/** The parts of the fleet, beside each other. */
export function FleetParts() {
  const words = useWords(fleetWords).parts;
  return (
    <nav aria-label={words.name} className="flex flex-wrap gap-2 print:hidden">
      {PARTS.map(([to, name]) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: true, includeSearch: false }}
          className="inline-flex min-h-11 items-center rounded-lg border border-line-strong bg-surface px-4 font-medium data-[status=active]:border-accent data-[status=active]:bg-accent data-[status=active]:text-on-accent forced-colors:data-[status=active]:border-[Highlight]"
        >
          {words[name]}
        </Link>
      ))}
    </nav>
  );
}

import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface TileLinkProps {
  athleteId: string;
  className: string;
  children: ReactNode;
  'data-state': string;
  'data-number': number | '';
  'data-sensor': string;
}

/** A tile leads to its athlete. */
export function TileLink({ athleteId, children, ...rest }: TileLinkProps) {
  return (
    <Link to="/athletes/$athleteId" params={{ athleteId }} search={keepTeam} draggable={false} {...rest}>
      {children}
    </Link>
  );
}

function keepTeam({ team }: { team?: string | undefined }): { team?: string | undefined } {
  return { team };
}

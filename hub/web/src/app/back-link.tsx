import type { LinkComponent } from '@tanstack/react-router';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes } from 'react';
import { BackIcon } from '@/components/ui/icons';

interface BackAnchorProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  /** Where it leads, for those who see no arrow. */
  name: string;
}

function BackAnchor({ name, ...rest }: BackAnchorProps) {
  return (
    <a
      {...rest}
      aria-label={name}
      title={name}
      className="inline-flex min-h-11 min-w-11 items-center justify-center rounded-lg border border-line-strong bg-surface"
    >
      <BackIcon />
    </a>
  );
}

/** The way up from a page of one thing. */
export const BackLink: LinkComponent<typeof BackAnchor> = createLink(BackAnchor);

import { Link, useRouteContext } from '@tanstack/react-router';
import { HelpPage } from '@/features/help/help-page';
import { useWords } from '@/words/catalogue';
import { helpWords } from '@/words/help';

export function HelpRoute() {
  const { me } = useRouteContext({ from: '/frame' });
  const words = useWords(helpWords);
  return (
    <HelpPage
      role={me.role}
      more={
        me.role === 'admin' && (
          <Link
            to="/first-steps"
            className="inline-flex min-h-11 items-center rounded-lg border border-line-strong bg-surface px-4 font-medium"
          >
            {words.firstSteps}
          </Link>
        )
      }
    />
  );
}

import type { ReactNode } from 'react';
import type { Me } from '@/api/queries';
import { Page } from '@/components/ui/page';
import { useWords } from '@/words/catalogue';
import { helpWords } from '@/words/help';

type Topic = keyof (typeof helpWords)['en']['topics'];

const TEAMS: readonly Topic[] = ['noNumber', 'wrongStrap', 'offline', 'number', 'zones', 'invite', 'problem'];
const OWN: readonly Topic[] = ['withdraw', 'share', 'copy', 'number', 'zones', 'offline', 'problem'];

const TOPICS: Record<Me['role'], readonly Topic[]> = {
  admin: ['start', ...TEAMS, 'recover'],
  director: TEAMS,
  coach: TEAMS,
  trainer: TEAMS,
  technician: ['noNumber', 'gateway', 'offline', 'problem'],
  athlete: OWN,
  guardian: OWN,
};

interface HelpPageProps {
  role: Me['role'];
  /** Ways to places that answers speak of. */
  more?: ReactNode;
}

/** What people of a role ask most, each with what to do. */
export function HelpPage({ role, more }: HelpPageProps) {
  const words = useWords(helpWords);
  return (
    <Page title={words.title} subtitle={words.subtitle} actions={more}>
      <div className="mx-auto flex w-full max-w-3xl flex-col gap-3">
        {TOPICS[role].map(topic => (
          <section key={topic} className="rounded-xl border border-line bg-surface p-4 sm:p-5">
            <h2 className="font-semibold">{words.topics[topic].ask}</h2>
            <p className="mt-1 max-w-prose text-pretty">{words.topics[topic].answer}</p>
          </section>
        ))}
      </div>
    </Page>
  );
}

import { useWords } from '@/words/catalogue';
import { privacyWords } from '@/words/privacy';
import { ConsentsPanel } from './consents-panel';
import { CopiesPanel } from './copies-panel';
import { GrantsPanel } from './grants-panel';
import { LooksPanel } from './looks-panel';
import type { Whose } from './own-page';
import { OwnPage } from './own-page';

interface PrivacyPageProps extends Whose {
  /** The account that looks at this page. */
  accountId: string;
}

/** Who sees what of an athlete, who looked, and what to do about it. */
export function PrivacyPage({ accountId, ...whose }: PrivacyPageProps) {
  const words = useWords(privacyWords);
  return (
    <OwnPage title={words.title} {...whose}>
      {athlete => (
        <div key={athlete.id} className="grid items-start gap-4 lg:grid-cols-2">
          <div className="flex min-w-0 flex-col gap-4">
            <ConsentsPanel athleteId={athlete.id} />
            <GrantsPanel athleteId={athlete.id} />
            <CopiesPanel athleteId={athlete.id} />
          </div>
          <LooksPanel athleteId={athlete.id} accountId={accountId} />
        </div>
      )}
    </OwnPage>
  );
}

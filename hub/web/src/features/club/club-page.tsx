import type { ComponentType } from 'react';
import type { Me } from '@/api/queries';
import { Page } from '@/components/ui/page';
import { Segments } from '@/components/ui/segments';
import { useWords } from '@/words/catalogue';
import { clubWords } from '@/words/club';
import { ConsentTextsPanel } from './consent-texts-panel';
import { InvitationsPanel } from './invitations-panel';
import { MembersPanel } from './members-panel';
import type { ClubPart } from './parts';
import { partsOf } from './parts';

interface ClubPageProps {
  me: Me;
  /** As the address says it. */
  part: string | undefined;
  onPart: (part: ClubPart) => void;
  /** Which programs are told of what. */
  Webhooks: ComponentType;
  /** Who read or changed what. */
  Audit: ComponentType;
}

/** Who belongs to the club, who is asked to, and what is agreed on: each role sees the parts that are its own. */
export function ClubPage({ me, part, onPart, Webhooks, Audit }: ClubPageProps) {
  const words = useWords(clubWords);
  const parts = partsOf(me.role);
  const shown = parts.find(one => one === part) ?? parts[0];
  return (
    <Page title={words.title} subtitle={me.club.name}>
      {parts.length > 1 && shown && (
        <div className="overflow-x-auto p-1">
          <Segments
            legend={words.parts}
            options={parts.map(value => ({ value, label: words.part[value] }))}
            value={shown}
            onChange={onPart}
          />
        </div>
      )}
      {shown === 'members' && <MembersPanel changes={me.role === 'admin'} ownId={me.id} />}
      {shown === 'invitations' && <InvitationsPanel role={me.role} />}
      {shown === 'consents' && <ConsentTextsPanel />}
      {shown === 'webhooks' && <Webhooks />}
      {shown === 'audit' && <Audit />}
    </Page>
  );
}

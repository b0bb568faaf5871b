import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Athlete } from '@/api/queries';
import { athletesQuery } from '@/api/queries';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { PersonIcon } from '@/components/ui/first-icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { SelectField } from '@/components/ui/select-field';
import { useWords } from '@/words/catalogue';
import { ownWords } from '@/words/own';

/** Whose page it is: a guardian may stand for several. */
export interface Whose {
  athleteId: string | undefined;
  onAthlete: (athleteId: string) => void;
}

interface OwnPageProps extends Whose {
  title: string;
  actions?: ReactNode;
  children: (athlete: Athlete) => ReactNode;
}

/** A page about oneself, or about one of those whom one stands for. */
export function OwnPage({ title, athleteId, onAthlete, actions, children }: OwnPageProps) {
  const words = useWords(ownWords);
  const query = useQuery(athletesQuery(undefined));
  const athletes = query.data ?? [];
  const chosen = athletes.find(one => one.id === athleteId) ?? athletes[0];
  return (
    <Page
      title={title}
      subtitle={chosen?.name}
      actions={
        <>
          {athletes.length > 1 && chosen && (
            <SelectField
              label={words.whose}
              value={chosen.id}
              options={athletes.map(({ id, name }) => ({ value: id, label: name }))}
              onChange={event => onAthlete(event.target.value)}
            />
          )}
          {actions}
        </>
      }
    >
      <Loaded query={query} what={words.what.you}>
        {() =>
          chosen === undefined ? (
            <EmptyPanel icon={<PersonIcon className="size-9" />} title={words.nobody}>
              {words.nobodyHint}
            </EmptyPanel>
          ) : (
            children(chosen)
          )
        }
      </Loaded>
    </Page>
  );
}

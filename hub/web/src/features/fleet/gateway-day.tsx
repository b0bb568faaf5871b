import { useQuery } from '@tanstack/react-query';
import { Loaded } from '@/components/ui/loaded';
import { Panel, Row } from '@/components/ui/panel';
import { useWords } from '@/words/catalogue';
import { fleetWords } from '@/words/fleet';
import { useFormats } from '@/words/formats';
import { dayQuery } from './fleet';

/** Whether all of the last day has arrived; what has not, and why. */
export function GatewayDay({ name }: { name: string }) {
  const words = useWords(fleetWords);
  const { number, time } = useFormats();
  const day = useQuery(dayQuery(name));
  return (
    <Panel title={words.gateway.day}>
      <Loaded query={day} what={words.what.completeness}>
        {({ complete, received_records, expected_records, stretches }) => (
          <>
            <p className={complete ? 'text-good' : 'text-late'}>
              {complete
                ? words.gateway.complete
                : words.gateway.incomplete(number(received_records), number(expected_records))}
            </p>
            <ul>
              {stretches.map(({ word, from, to, records, why }) => (
                <Row
                  key={`${word} ${from}`}
                  name={`${time(from)}–${time(to)}: ${words.gateway.words[word]}`}
                  facts={[records !== null && words.records(number(records)), why !== '' && why]}
                />
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

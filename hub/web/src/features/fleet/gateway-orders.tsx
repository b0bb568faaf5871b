import { useQuery } from '@tanstack/react-query';
import { Loaded } from '@/components/ui/loaded';
import { Panel, Row } from '@/components/ui/panel';
import { useWords } from '@/words/catalogue';
import { fleetWords } from '@/words/fleet';
import { useFormats } from '@/words/formats';
import { ordersQuery } from './fleet';

/** What a gateway was asked to do, and what became of it. */
export function GatewayOrders({ name }: { name: string }) {
  const words = useWords(fleetWords);
  const { moment } = useFormats();
  const orders = useQuery(ordersQuery(name));
  return (
    <Panel title={words.gateway.orders}>
      <Loaded query={orders} what={words.what.orders}>
        {found =>
          found.length === 0 ? (
            <p className="text-ink-soft">{words.gateway.noOrders}</p>
          ) : (
            <ul>
              {found.map(order => (
                <Row
                  key={order.id}
                  name={`${words.gateway.acts[order.act]}: ${words.gateway.states[order.state]}`}
                  facts={[order.words !== '' && order.words, order.asked_by, moment(order.asked_at)]}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Panel>
  );
}

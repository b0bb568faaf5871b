import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { PlusIcon } from '@/components/ui/icons';
import { Loaded } from '@/components/ui/loaded';
import { Panel, Row } from '@/components/ui/panel';
import { Refusal } from '@/components/ui/refusal';
import { ShownOnce } from '@/components/ui/shown-once';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { useFormats } from '@/words/formats';
import { webhookWords } from '@/words/webhooks';
import { Deliveries } from './deliveries';
import { WebhookDialog } from './webhook-dialog';
import type { Webhook } from './webhooks';
import { changeWebhook, removeWebhook, rotateSecret, webhooksQuery } from './webhooks';

/** A secret that was just made, and what is said beside it. */
interface Made {
  secret: string;
  hint: string;
}

/** Which programs are told of what, with what became of each telling. */
export function WebhooksPanel() {
  const words = useWords(webhookWords);
  const query = useQuery(webhooksQuery);
  const [edited, setEdited] = useState<Webhook | 'new' | null>(null);
  const [made, setMade] = useState<Made | null>(null);
  return (
    <Panel title={words.title} hint={words.hint}>
      <Button look="solid" className="self-start" onClick={() => setEdited('new')}>
        <PlusIcon /> {words.add}
      </Button>
      <Loaded query={query} what={words.what.webhooks}>
        {webhooks =>
          webhooks.length === 0 ? (
            <p className="text-ink-soft">{words.none}</p>
          ) : (
            <ul className="flex flex-col gap-3">
              {webhooks.map(webhook => (
                <Entry
                  key={webhook.id}
                  webhook={webhook}
                  onEdit={() => setEdited(webhook)}
                  onMade={setMade}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      {edited !== null && (
        <WebhookDialog
          webhook={edited === 'new' ? null : edited}
          onMade={secret => setMade({ secret, hint: words.secretHint })}
          onClose={() => setEdited(null)}
        />
      )}
      {made !== null && (
        <Dialog title={words.secret} onClose={() => setMade(null)}>
          <ShownOnce label={words.secret} {...made} />
        </Dialog>
      )}
    </Panel>
  );
}

interface EntryProps {
  webhook: Webhook;
  onEdit: () => void;
  onMade: (made: Made) => void;
}

function Entry({ webhook, onEdit, onMade }: EntryProps) {
  const words = useWords(webhookWords);
  const common = useWords(commonWords);
  const { moment } = useFormats();
  const [isLeaving, setIsLeaving] = useState(false);
  const toggle = useAct((enabled: boolean) => changeWebhook(webhook.id, { enabled }), webhooksQuery.queryKey);
  const rotate = useAct(() => rotateSecret(webhook.id), webhooksQuery.queryKey);
  const isOff = webhook.disabled_at !== null;
  const tellSecret = () =>
    rotate.mutate(undefined, {
      onSuccess: ({ secret, old_until }) => onMade({ secret, hint: words.rotatedHint(moment(old_until)) }),
    });
  return (
    <li className="rounded-xl border border-line p-3" data-part="webhook">
      <ul>
        <Row
          name={webhook.name}
          facts={[
            webhook.url,
            webhook.events.join(', '),
            isOff && `${words.stopped}${webhook.disabled_why === null ? '' : `: ${webhook.disabled_why}`}`,
            webhook.failing_since !== null && words.failing(moment(webhook.failing_since)),
            webhook.old_until !== null && words.oldUntil(moment(webhook.old_until)),
          ]}
        />
      </ul>
      <div className="flex flex-wrap gap-2">
        <Button aria-label={words.changeOf(webhook.name)} onClick={onEdit}>
          {common.change}
        </Button>
        <Button aria-label={words.rotateOf(webhook.name)} disabled={rotate.isPending} onClick={tellSecret}>
          {words.rotate}
        </Button>
        <Button
          aria-label={(isOff ? words.goOnOf : words.stopOf)(webhook.name)}
          disabled={toggle.isPending}
          onClick={() => toggle.mutate(isOff)}
        >
          {isOff ? words.goOn : words.stop}
        </Button>
        <Button aria-label={words.removeOf(webhook.name)} onClick={() => setIsLeaving(true)}>
          {common.remove}
        </Button>
      </div>
      <Refusal error={rotate.error ?? toggle.error} />
      <Deliveries webhook={webhook} />
      {isLeaving && <Removal webhook={webhook} onClose={() => setIsLeaving(false)} />}
    </li>
  );
}

function Removal({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const words = useWords(webhookWords);
  const common = useWords(commonWords);
  const remove = useAct(() => removeWebhook(webhook.id), webhooksQuery.queryKey);
  return (
    <Dialog
      title={words.removeOf(webhook.name)}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button look="solid" disabled={remove.isPending} onClick={() => remove.mutate(undefined)}>
            {common.remove}
          </Button>
        </>
      }
    >
      <p>{words.reallyRemove}</p>
      <Refusal error={remove.error} />
    </Dialog>
  );
}

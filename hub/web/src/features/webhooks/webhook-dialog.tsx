import type { FormEvent } from 'react';
import { useState } from 'react';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { textOf } from '@/components/ui/form-texts';
import { Dialog } from '@/components/ui/dialog';
import { Refusal } from '@/components/ui/refusal';
import { TextField } from '@/components/ui/text-field';
import { Ticks } from '@/components/ui/ticks';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { webhookWords } from '@/words/webhooks';
import type { Event, NewWebhook, Webhook } from './webhooks';
import { EVENTS, addWebhook, changeWebhook, knownEvents, webhooksQuery } from './webhooks';

interface WebhookDialogProps {
  /** Null: a new one. */
  webhook: Webhook | null;
  onMade: (secret: string) => void;
  onClose: () => void;
}

/** Where a program listens, and what it is told of. */
export function WebhookDialog({ webhook, onMade, onClose }: WebhookDialogProps) {
  const words = useWords(webhookWords);
  const common = useWords(commonWords);
  const [events, setEvents] = useState<readonly Event[]>(
    webhook === null ? ['session.ended'] : knownEvents(webhook.events),
  );
  const save = useAct(
    async (said: NewWebhook) =>
      webhook === null ? (await addWebhook(said)).secret : await changeWebhook(webhook.id, said),
    webhooksQuery.queryKey,
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    save.mutate(
      { name: textOf(fields, 'name'), url: textOf(fields, 'url'), events: [...events] },
      {
        onSuccess: answer => {
          onClose();
          if (typeof answer === 'string') onMade(answer);
        },
      },
    );
  };
  return (
    <Dialog title={webhook === null ? words.add : words.changeOf(webhook.name)} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <TextField
          label={words.name}
          name="name"
          required
          maxLength={40}
          defaultValue={webhook?.name ?? ''}
          autoComplete="off"
        />
        <TextField
          label={words.url}
          name="url"
          type="url"
          required
          minLength={8}
          maxLength={500}
          placeholder="https://"
          defaultValue={webhook?.url ?? ''}
          autoComplete="off"
        />
        <Ticks
          legend={words.events}
          options={EVENTS}
          names={words.event}
          ticked={events}
          onChange={setEvents}
        />
        <Refusal error={save.error} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" look="solid" disabled={events.length === 0 || save.isPending}>
            {save.isPending ? common.saving : common.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { textOf } from '@/components/ui/form-texts';
import { Refusal } from '@/components/ui/refusal';
import { ShownOnce } from '@/components/ui/shown-once';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { firstStepsWords } from '@/words/first-steps';
import { useFormats } from '@/words/formats';
import { gatewaysQuery, makeCode } from './steps';

/** A code for one gateway, and what to type on it; that it came is seen by itself. */
export function GatewayStep() {
  const words = useWords(firstStepsWords);
  const { time } = useFormats();
  const { data: gateways = [] } = useQuery(gatewaysQuery);
  const make = useAct(makeCode, gatewaysQuery.queryKey);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    make.mutate(textOf(new FormData(event.currentTarget), 'site'));
  };
  return (
    <>
      {gateways.map(({ name, site, heard_at: heardAt }) => (
        <p key={name}>
          <b>{site}</b> <span className="text-ink-soft">{name}</span>:{' '}
          {heardAt === null ? words.notHeard : words.heard(time(heardAt))}
        </p>
      ))}
      <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <TextField
          label={words.site}
          name="site"
          required
          maxLength={120}
          autoComplete="off"
          className="min-w-0 flex-1"
        />
        <Button type="submit" look="solid" disabled={make.isPending}>
          {words.makeCode}
        </Button>
      </form>
      <Refusal error={make.error} />
      {make.data && (
        <ShownOnce
          label={words.command}
          hint={words.codeHint(time(make.data.expires_at))}
          secret={`sudo sts-edge enrol ${make.data.code} --hub ${globalThis.location.origin}`}
        />
      )}
    </>
  );
}

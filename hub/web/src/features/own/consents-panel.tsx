import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ConsentText } from '@/api/consents';
import { consentTextsQuery, inOwnLanguage } from '@/api/consents';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Loaded } from '@/components/ui/loaded';
import { Panel, Row } from '@/components/ui/panel';
import { Refusal } from '@/components/ui/refusal';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { commonWords } from '@/words/common';
import { useFormats } from '@/words/formats';
import { privacyWords } from '@/words/privacy';
import type { Consent, Purpose } from './privacy';
import { consentsQuery, giveConsent, holds, purposesOf, withdrawConsent } from './privacy';

/** What a consent is to where the club has published no text. */
const WITHOUT_TEXT = 'paper';

interface ConsentsPanelProps {
  athleteId: string;
  /** Staff look at it: what they record was signed on paper. */
  isPaper?: boolean;
}

/** What an athlete agreed to, and is asked to agree to. */
export function ConsentsPanel({ athleteId, isPaper = false }: ConsentsPanelProps) {
  const words = useWords(privacyWords);
  const consents = useQuery(consentsQuery(athleteId));
  const texts = useQuery(consentTextsQuery);
  return (
    <Panel title={isPaper ? words.staff.agreed : words.consents.title} hint={words.consents.hint}>
      <Loaded query={consents} what={words.what.consents}>
        {given => (
          <Loaded query={texts} what={words.what.consents}>
            {asked => (
              <Purposes athleteId={athleteId} purposes={purposesOf(asked, given)} isPaper={isPaper} />
            )}
          </Loaded>
        )}
      </Loaded>
    </Panel>
  );
}

interface PurposesProps extends Required<ConsentsPanelProps> {
  purposes: readonly Purpose[];
}

function Purposes({ purposes, ...shared }: PurposesProps) {
  const words = useWords(privacyWords);
  if (purposes.length === 0) return <p className="text-ink-soft">{words.consents.none}</p>;
  return (
    <ul>
      {purposes.map(purpose => (
        <PurposeRow key={purpose.purpose} asked={purpose} {...shared} />
      ))}
    </ul>
  );
}

function PurposeRow({ athleteId, asked, isPaper }: Required<ConsentsPanelProps> & { asked: Purpose }) {
  const { purpose, text, consent } = asked;
  const name = usePurposeName(purpose);
  const facts = useFacts(consent);
  const isHeld = consent !== undefined && holds(consent.to);
  const version = versionOf(asked);
  const Ask = isPaper ? RecordPaper : Give;
  const isAsked = !(isHeld && consent.version === version);
  return (
    <>
      <Row
        name={name}
        facts={facts}
        action={
          <div className="flex flex-wrap gap-2">
            {isAsked && <Ask athleteId={athleteId} purpose={purpose} version={version} />}
            {isHeld && <Withdraw athleteId={athleteId} name={name} consentId={consent.id} />}
          </div>
        }
      />
      {text && (
        <li>
          <Text text={text} />
        </li>
      )}
    </>
  );
}

/** What is agreed to by agreeing now. */
function versionOf({ text, consent }: Purpose): string {
  return text?.version ?? consent?.version ?? WITHOUT_TEXT;
}

interface GiveProps {
  athleteId: string;
  purpose: string;
  version: string;
}

function Give({ athleteId, purpose, version }: GiveProps) {
  const words = useWords(privacyWords);
  const give = useAct(() => giveConsent(athleteId, { purpose, version }), consentsQuery(athleteId).queryKey);
  return (
    <>
      <Button look="solid" disabled={give.isPending} onClick={() => give.mutate(undefined)}>
        {words.consents.give}
      </Button>
      <Refusal error={give.error} />
    </>
  );
}

/** On paper it holds from the day on which it was signed. */
function RecordPaper({ athleteId, purpose, version }: GiveProps) {
  const words = useWords(privacyWords).staff;
  const [day, setDay] = useState('');
  const record = useAct(
    () =>
      giveConsent(athleteId, {
        purpose,
        version,
        from: day === '' ? null : new Date(`${day}T00:00`).toISOString(),
      }),
    consentsQuery(athleteId).queryKey,
  );
  return (
    <div className="flex flex-wrap items-end gap-2">
      <TextField
        label={words.signedOn}
        type="date"
        value={day}
        onChange={event => setDay(event.target.value)}
      />
      <Button look="solid" disabled={record.isPending} onClick={() => record.mutate(undefined)}>
        {words.recordPaper}
      </Button>
      <Refusal error={record.error} />
    </div>
  );
}

interface WithdrawProps {
  athleteId: string;
  name: string;
  consentId: string;
}

function Withdraw(props: WithdrawProps) {
  const words = useWords(privacyWords);
  const [isAsked, setIsAsked] = useState(false);
  return (
    <>
      <Button onClick={() => setIsAsked(true)}>{words.consents.withdraw}</Button>
      {isAsked && <WithdrawDialog {...props} onClose={() => setIsAsked(false)} />}
    </>
  );
}

function usePurposeName(purpose: string): string {
  const words = useWords(privacyWords);
  return purpose === 'monitoring' ? words.consents.purposes.monitoring : purpose.replaceAll('_', ' ');
}

function useFacts(consent: Consent | undefined): string[] {
  const words = useWords(privacyWords).consents;
  const { date } = useFormats();
  if (consent === undefined) return [words.never];
  const told = [words.version(consent.version), words.givenBy[consent.given_by]];
  if (consent.to === null) return [words.holds(date(consent.from)), ...told];
  if (holds(consent.to)) return [words.holds(date(consent.from)), words.until(date(consent.to)), ...told];
  return [words.ended(date(consent.to)), ...told];
}

/** The text in the language of this device, or in whichever there is. */
function Text({ text }: { text: ConsentText }) {
  const words = useWords(privacyWords);
  return (
    <details className="pb-2">
      <summary className="flex min-h-11 cursor-pointer items-center font-medium text-accent underline">
        {words.consents.read}
      </summary>
      <p className="max-w-prose whitespace-pre-line">{inOwnLanguage(text.texts)}</p>
    </details>
  );
}

function WithdrawDialog({ athleteId, name, consentId, onClose }: WithdrawProps & { onClose: () => void }) {
  const words = useWords(privacyWords);
  const common = useWords(commonWords);
  const withdraw = useAct((id: string) => withdrawConsent(athleteId, id), consentsQuery(athleteId).queryKey);
  return (
    <Dialog
      title={words.consents.withdrawTitle}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button
            look="solid"
            disabled={withdraw.isPending}
            onClick={() => withdraw.mutate(consentId, { onSuccess: onClose })}
          >
            {words.consents.withdraw}
          </Button>
        </>
      }
    >
      <p className="font-medium">{name}</p>
      <p className="mt-2">{words.consents.withdrawHint}</p>
      <Refusal error={withdraw.error} />
    </Dialog>
  );
}

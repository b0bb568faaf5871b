import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import type { ConsentText } from '@/api/consents';
import { consentTextsQuery, newestTexts } from '@/api/consents';
import { useAct } from '@/api/use-act';
import { Button } from '@/components/ui/button';
import { textOf } from '@/components/ui/form-texts';
import { Dialog } from '@/components/ui/dialog';
import { PlusIcon } from '@/components/ui/icons';
import { Loaded } from '@/components/ui/loaded';
import { Panel, Row } from '@/components/ui/panel';
import { Refusal } from '@/components/ui/refusal';
import { TextArea } from '@/components/ui/text-area';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { clubWords } from '@/words/club';
import { commonWords } from '@/words/common';
import { useFormats } from '@/words/formats';
import { LANGUAGES, LANGUAGE_NAMES } from '@/words/language';
import { publishText } from './club';

/** What athletes are asked to agree to: the newest version of each purpose, with those before it. */
export function ConsentTextsPanel() {
  const words = useWords(clubWords);
  const query = useQuery(consentTextsQuery);
  const [edited, setEdited] = useState<ConsentText | 'new' | null>(null);
  return (
    <Panel title={words.part.consents} hint={words.consents.hint}>
      <Button look="solid" className="self-start" onClick={() => setEdited('new')}>
        <PlusIcon /> {words.consents.add}
      </Button>
      <Loaded query={query} what={words.what.consents}>
        {texts =>
          texts.length === 0 ? (
            <p className="text-ink-soft">{words.consents.none}</p>
          ) : (
            <ul>
              {newestTexts(texts).map(text => (
                <Purpose key={text.purpose} text={text} all={texts} onEdit={() => setEdited(text)} />
              ))}
            </ul>
          )
        }
      </Loaded>
      {edited !== null && (
        <TextDialog before={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      )}
    </Panel>
  );
}

interface PurposeProps {
  text: ConsentText;
  all: readonly ConsentText[];
  onEdit: () => void;
}

function Purpose({ text, all, onEdit }: PurposeProps) {
  const words = useWords(clubWords).consents;
  const { date } = useFormats();
  const versions = all.filter(({ purpose }) => purpose === text.purpose);
  return (
    <>
      <Row
        name={text.purpose.replaceAll('_', ' ')}
        facts={[
          words.version(text.version),
          words.published(date(text.published_at)),
          Object.keys(text.texts).join(', '),
        ]}
        action={
          <Button aria-label={words.newVersionOf(text.purpose)} onClick={onEdit}>
            {words.newVersion}
          </Button>
        }
      />
      <li className="pb-2">
        <details>
          <summary className="flex min-h-11 cursor-pointer items-center font-medium text-accent underline">
            {words.read(versions.length)}
          </summary>
          {versions.map(version => (
            <Version key={version.version} text={version} />
          ))}
        </details>
      </li>
    </>
  );
}

function Version({ text }: { text: ConsentText }) {
  const words = useWords(clubWords).consents;
  const { date } = useFormats();
  return (
    <section className="border-t border-line py-2">
      <h3 className="font-medium">
        {words.version(text.version)}, {date(text.published_at)}
      </h3>
      {text.older_end_at !== null && <p className="text-late">{words.olderEnd(date(text.older_end_at))}</p>}
      {Object.entries(text.texts).map(([language, told]) => (
        <p key={language} lang={language} className="mt-1 max-w-prose whitespace-pre-line">
          <span className="mr-2 text-ink-soft uppercase">{language}</span>
          {told}
        </p>
      ))}
    </section>
  );
}

/** A version is never changed, since people agreed to its words: an edit is the next version. */
function TextDialog({ before, onClose }: { before: ConsentText | null; onClose: () => void }) {
  const words = useWords(clubWords).consents;
  const common = useWords(commonWords);
  const [isOther, setIsOther] = useState(false);
  const publish = useAct(publishText, consentTextsQuery.queryKey);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const written = LANGUAGES.map(language => [language, textOf(fields, language)]).filter(
      ([, told]) => told !== '',
    );
    publish.mutate(
      {
        purpose: before?.purpose ?? textOf(fields, 'purpose'),
        version: textOf(fields, 'version'),
        // languages that are not written here are carried over as they were
        texts: { ...before?.texts, ...Object.fromEntries(written) },
        older_end_at: isOther ? new Date(`${textOf(fields, 'end')}T23:59`).toISOString() : null,
      },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog title={before === null ? words.add : words.newVersionOf(before.purpose)} onClose={onClose}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        {before === null && (
          <>
            <TextField
              label={words.purpose}
              name="purpose"
              required
              pattern="[a-z][a-z_]{2,39}"
              title={words.purposeHint}
              autoComplete="off"
            />
            <p className="text-sm text-ink-soft">{words.purposeHint}</p>
          </>
        )}
        <TextField label={words.versionName} name="version" required maxLength={40} autoComplete="off" />
        {LANGUAGES.map((language, index) => (
          <TextArea
            key={language}
            label={words.textIn(LANGUAGE_NAMES[language])}
            name={language}
            lang={language}
            required={index === 0}
            maxLength={4000}
            rows={5}
            defaultValue={before?.texts[language] ?? ''}
          />
        ))}
        {before !== null && (
          <label className="flex min-h-11 items-center gap-3">
            <input
              type="checkbox"
              className="size-5 shrink-0 accent-(--accent)"
              checked={isOther}
              onChange={event => setIsOther(event.target.checked)}
            />
            {words.other}
          </label>
        )}
        {isOther && (
          <>
            <TextField label={words.end} name="end" type="date" required />
            <p className="text-sm text-ink-soft">{words.endHint}</p>
          </>
        )}
        <Refusal error={publish.error} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button type="submit" look="solid" disabled={publish.isPending}>
            {words.publish}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

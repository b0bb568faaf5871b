import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { EmptyPanel } from '@/components/ui/empty-panel';
import { BellIcon } from '@/components/ui/first-icons';
import { PlusIcon } from '@/components/ui/icons';
import { Loaded } from '@/components/ui/loaded';
import { Page } from '@/components/ui/page';
import { Refusal } from '@/components/ui/refusal';
import { useWords } from '@/words/catalogue';
import { alertWords } from '@/words/alerts';
import { commonWords } from '@/words/common';
import { useFormats } from '@/words/formats';
import type { Rule, RuleFields } from './alerts';
import { NEW_RULE, alertsQuery, catalogueQuery, changeRule, removeRule, rulesQuery } from './alerts';
import { ColourSign } from './colour-sign';
import { LettersDialog } from './letters-dialog';
import { RuleEditor } from './rule-editor';
import { SignalChoices } from './signal-choices';
import { ruleWords } from './rule-words';

/** What the editor is open for: a rule to change, or one to make from these fields. */
interface Edited {
  rule: Rule | null;
  fields: RuleFields;
}

/** The alarms of a team: what each watches for, whether it does, and when it last spoke up. */
export function AlarmsPage({ teamId }: { teamId: string | undefined }) {
  const words = useWords(alertWords);
  const [edited, setEdited] = useState<Edited | null>(null);
  return (
    <Page
      title={words.title}
      actions={
        teamId !== undefined && (
          <Button look="solid" onClick={() => setEdited({ rule: null, fields: NEW_RULE })}>
            <PlusIcon /> {words.add}
          </Button>
        )
      }
    >
      <SignalChoices />
      {teamId === undefined ? (
        <EmptyPanel icon={<BellIcon className="size-9" />} title={words.needsTeam}>
          {words.needsTeamHint}
        </EmptyPanel>
      ) : (
        <>
          <Rules teamId={teamId} onEdit={setEdited} />
          {edited !== null && <RuleEditor teamId={teamId} {...edited} onClose={() => setEdited(null)} />}
        </>
      )}
    </Page>
  );
}

interface RulesProps {
  teamId: string;
  onEdit: (edited: Edited) => void;
}

function Rules({ teamId, onEdit }: RulesProps) {
  const words = useWords(alertWords);
  const query = useQuery(rulesQuery(teamId));
  const { data: said = [] } = useQuery(alertsQuery(teamId, false));
  // newest first: the first of a rule is its last
  const lastOf = (rule: Rule) => said.find(alert => alert.rule_id === rule.id)?.at ?? null;
  return (
    <Loaded query={query} what={words.what.rules}>
      {rules => (
        <>
          {rules.length === 0 && (
            <>
              <EmptyPanel icon={<BellIcon className="size-9" />} title={words.none}>
                {words.noneHint}
              </EmptyPanel>
              <Templates onEdit={onEdit} />
            </>
          )}
          <ul className="flex flex-col gap-2">
            {rules.map(rule => (
              <Entry key={rule.id} rule={rule} last={lastOf(rule)} onEdit={onEdit} />
            ))}
          </ul>
        </>
      )}
    </Loaded>
  );
}

function Templates({ onEdit }: Pick<RulesProps, 'onEdit'>) {
  const words = useWords(alertWords);
  const query = useQuery(catalogueQuery);
  return (
    <Loaded query={query} what={words.what.templates}>
      {({ templates }) => (
        <ul className="grid gap-2 sm:grid-cols-2">
          {templates.map(({ sentence, rule }) => (
            <li key={rule.name}>
              <button
                type="button"
                onClick={() => onEdit({ rule: null, fields: rule })}
                className="flex h-full w-full flex-col gap-1 rounded-xl border border-line-strong bg-surface p-3 text-left hover:bg-raised"
              >
                <span className="flex items-center gap-2 font-semibold">
                  <ColourSign colour={rule.colour} /> {rule.name}
                </span>
                <span className="text-ink-soft">{sentence}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}

interface EntryProps extends Pick<RulesProps, 'onEdit'> {
  rule: Rule;
  /** When it spoke up last. */
  last: string | null;
}

function Entry({ rule, last, onEdit }: EntryProps) {
  const words = useWords(alertWords);
  const common = useWords(commonWords);
  const { number, moment } = useFormats();
  const [isLeaving, setIsLeaving] = useState(false);
  const [getsLetters, setGetsLetters] = useState(false);
  const queryClient = useQueryClient();
  const toggle = useMutation({
    networkMode: 'always',
    mutationFn: (enabled: boolean) => changeRule(rule.id, { enabled }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['alert-rules'] }),
  });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border border-line bg-surface p-3">
      <div className="min-w-0 flex-1 basis-64">
        <h2 className="flex items-center gap-2 font-semibold">
          <ColourSign colour={rule.rule.colour} /> {rule.rule.name}
          <span className="text-sm font-normal text-ink-soft">{words.colour[rule.rule.colour]}</span>
        </h2>
        <p className="text-ink-soft">{ruleWords(words, rule.rule, number)}</p>
        <p className="text-sm text-ink-soft">
          {last === null ? words.neverFired : words.fired(moment(last))}
        </p>
        <Refusal error={toggle.error} />
      </div>
      <label className="flex min-h-11 items-center gap-2">
        <input
          type="checkbox"
          className="size-6 accent-(--accent)"
          aria-label={words.onOf(rule.rule.name)}
          checked={toggle.isPending ? toggle.variables : rule.enabled}
          onChange={event => toggle.mutate(event.target.checked)}
        />
        {words.on}
      </label>
      <Button aria-label={words.letters.of(rule.rule.name)} onClick={() => setGetsLetters(true)}>
        {words.letters.title}
      </Button>
      <Button onClick={() => onEdit({ rule, fields: rule.rule })}>{common.change}</Button>
      <Button aria-label={words.removeOf(rule.rule.name)} onClick={() => setIsLeaving(true)}>
        {common.remove}
      </Button>
      {getsLetters && <LettersDialog rule={rule} onClose={() => setGetsLetters(false)} />}
      {isLeaving && <Removal rule={rule} onClose={() => setIsLeaving(false)} />}
    </li>
  );
}

function Removal({ rule, onClose }: { rule: Rule; onClose: () => void }) {
  const words = useWords(alertWords);
  const common = useWords(commonWords);
  const queryClient = useQueryClient();
  const remove = useMutation({
    networkMode: 'always',
    mutationFn: () => removeRule(rule.id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['alert-rules'] }),
  });
  return (
    <Dialog
      title={words.removeOf(rule.rule.name)}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button look="solid" disabled={remove.isPending} onClick={() => remove.mutate()}>
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

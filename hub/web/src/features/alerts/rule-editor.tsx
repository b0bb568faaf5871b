import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Refusal } from '@/components/ui/refusal';
import { SelectField } from '@/components/ui/select-field';
import { TextField } from '@/components/ui/text-field';
import { useWords } from '@/words/catalogue';
import { alertWords } from '@/words/alerts';
import { commonWords } from '@/words/common';
import type { Condition, Rule, RuleFields } from './alerts';
import { NEW_RULE, addRule, changeRule } from './alerts';
import { ConditionFields } from './condition-fields';
import { RuleLimits } from './rule-limits';
import { RulePreview } from './rule-preview';

interface RuleEditorProps {
  teamId: string;
  /** Null: a new one. */
  rule: Rule | null;
  fields: RuleFields;
  onClose: () => void;
}

const MOST_CONDITIONS = 4;
const SCOPES = ['one', 'share', 'all'] as const;
const COLOURS = ['yellow', 'orange', 'red'] as const;

/** What an alarm watches for, and how often it would have spoken up. */
export function RuleEditor({ teamId, rule, fields, onClose }: RuleEditorProps) {
  const words = useWords(alertWords);
  const common = useWords(commonWords);
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(fields);
  const hasName = draft.name.trim() !== '';
  const save = useMutation({
    networkMode: 'always',
    mutationFn: () => (rule === null ? addRule(teamId, draft) : changeRule(rule.id, { rule: draft })),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['alert-rules'] });
      onClose();
    },
  });
  const change = (part: Partial<RuleFields>) => setDraft({ ...draft, ...part });
  return (
    <Dialog
      title={rule === null ? words.add : words.edit}
      onClose={onClose}
      actions={
        <>
          {!hasName && <p className="mr-auto self-center text-late">{words.needsName}</p>}
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button look="solid" disabled={!hasName || save.isPending} onClick={() => save.mutate()}>
            {save.isPending ? common.saving : common.save}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <TextField
          label={words.field.name}
          value={draft.name}
          maxLength={80}
          onChange={event => change({ name: event.target.value })}
        />
        <Conditions conditions={draft.conditions} onChange={conditions => change({ conditions })} />
        <Manner draft={draft} onChange={change} />
        <RuleLimits draft={draft} onChange={change} />
        <RulePreview key={JSON.stringify(draft)} teamId={teamId} rule={draft} />
        <Refusal error={save.error} />
      </div>
    </Dialog>
  );
}

interface ConditionsProps {
  conditions: readonly Condition[];
  onChange: (conditions: Condition[]) => void;
}

/** All of them at once. */
function Conditions({ conditions, onChange }: ConditionsProps) {
  const words = useWords(alertWords);
  const [first] = NEW_RULE.conditions;
  return (
    <>
      {conditions.map((condition, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- two conditions may be alike; only their place tells them apart
        <fieldset key={index} className="flex flex-col gap-2 rounded-xl border border-line p-3">
          {index > 0 && <legend className="px-1 text-sm text-ink-soft">{words.and}</legend>}
          <ConditionFields
            condition={condition}
            onChange={changed => onChange(conditions.with(index, changed))}
          />
          {conditions.length > 1 && (
            <Button className="self-end" onClick={() => onChange(conditions.toSpliced(index, 1))}>
              {words.removeCondition}
            </Button>
          )}
        </fieldset>
      ))}
      {conditions.length < MOST_CONDITIONS && first && (
        <Button className="self-start" onClick={() => onChange([...conditions, first])}>
          {words.addCondition}
        </Button>
      )}
    </>
  );
}

interface MannerProps {
  draft: RuleFields;
  onChange: (part: Partial<RuleFields>) => void;
}

/** How long, whom, how urgent. */
function Manner({ draft, onChange }: MannerProps) {
  const words = useWords(alertWords);
  return (
    <div className="grid grid-cols-2 gap-3">
      <TextField
        label={words.field.hold}
        type="number"
        min={0}
        max={3600}
        value={draft.hold_s}
        onChange={event => onChange({ hold_s: Number(event.target.value) })}
      />
      <TextField
        label={words.field.reset}
        type="number"
        min={0}
        max={86_400}
        value={draft.reset_s}
        onChange={event => onChange({ reset_s: Number(event.target.value) })}
      />
      <SelectField
        label={words.field.scope}
        value={draft.scope}
        options={SCOPES.map(one => ({ value: one, label: words.said.scope[one] }))}
        onChange={event => onChange({ scope: SCOPES.find(one => one === event.target.value) ?? 'one' })}
      />
      <SelectField
        label={words.field.colour}
        value={draft.colour}
        options={COLOURS.map(one => ({ value: one, label: words.colour[one] }))}
        onChange={event => onChange({ colour: COLOURS.find(one => one === event.target.value) ?? 'orange' })}
      />
      <label className="col-span-2 flex min-h-11 items-center gap-3">
        <input
          type="checkbox"
          className="size-6 shrink-0 accent-(--accent)"
          checked={draft.in_play}
          onChange={event => onChange({ in_play: event.target.checked })}
        />
        {words.field.inPlay}
      </label>
    </div>
  );
}

/** A rule as a sentence. */
import type { alertWords } from '@/words/alerts';
import type { Condition, RuleFields } from './alerts';

type Words = (typeof alertWords)['en'];

/** "heart_rate" as people read it. */
export function metricWord(metric: string): string {
  return metric.replaceAll('_', ' ');
}

export function conditionWords(
  words: Words,
  condition: Condition,
  number: (value: number) => string,
): string {
  const metric = metricWord(condition.metric);
  if (condition.check === 'silent') return words.said.silent(metric, number(condition.limit));
  if (condition.check === 'no_contact') return words.said.no_contact(metric);
  const unit =
    condition.of === null || condition.of === undefined
      ? ''
      : words.field.percentOf(metricWord(condition.of));
  return words.said.limit(metric, words.check[condition.check], number(condition.limit), unit);
}

export function ruleWords(words: Words, rule: RuleFields, number: (value: number) => string): string {
  const conditions = rule.conditions.map(one => conditionWords(words, one, number)).join(`, ${words.and} `);
  const hold = rule.hold_s > 0 ? ` ${words.said.hold(number(rule.hold_s))}` : '';
  return `${conditions}${hold} · ${words.said.scope[rule.scope]}`;
}

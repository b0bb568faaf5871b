/** Labels of a time axis: 24 h, local; the day where it changes. */
import { currentLocale } from '@/words/language';

const TO_SECOND = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const TO_MINUTE = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

export function axisLabels(splitsMs: readonly number[], stepMs: number): string[] {
  const day = dayFormat();
  const format = stepMs < 60_000 ? TO_SECOND : TO_MINUTE;
  // the chart counts ticks in fractions: 14:59.9999 is 15:00, and would be written 14
  const ticksMs = splitsMs.map(ms => Math.round(ms));
  return ticksMs.map((ms, index) => {
    const before = ticksMs[index - 1];
    const newDay = before !== undefined && day.format(before) !== day.format(ms);
    return newDay || stepMs >= 86_400_000 ? day.format(ms) : format.format(ms);
  });
}

export function dayOf(ms: number): string {
  return dayFormat().format(ms);
}

function dayFormat(): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(currentLocale(), { day: 'numeric', month: 'short' });
}

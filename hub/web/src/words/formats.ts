/** Numbers and times as the language of this device writes them. All times of day are local ones. */
import { useMemo, useSyncExternalStore } from 'react';
import { currentLocale, subscribeLanguage } from './language';

export interface Formats {
  /** "Tue 1 Dec". */
  day: (when: Date | string) => string;
  /** "1 December 2026". */
  date: (when: Date | string) => string;
  /** "18:30". */
  time: (when: Date | string) => string;
  /** "1 Dec 2026, 18:30". */
  moment: (when: Date | string) => string;
  /** With so many digits after the point; without: as many as it takes, three at most. */
  number: (value: number, digits?: number) => string;
}

export function useFormats(): Formats {
  const locale = useSyncExternalStore(subscribeLanguage, currentLocale);
  return useMemo(() => formatsOf(locale), [locale]);
}

export function formatsOf(locale: string): Formats {
  const day = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short' });
  const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' });
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  return {
    day: when => day.format(new Date(when)),
    date: when => date.format(new Date(when)),
    time: when => time.format(new Date(when)),
    moment: when => moment.format(new Date(when)),
    number: (value, digits) =>
      value.toLocaleString(
        locale,
        digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits },
      ),
  };
}

import { useState } from 'react';
import { useWords } from '@/words/catalogue';
import { alertWords } from '@/words/alerts';
import type { Signal } from './alarm-signal';
import { SIGNALS, isSignalOn, setSignal } from './alarm-signal';

/** Whether this device sounds or shakes when an alarm comes. */
export function SignalChoices() {
  const words = useWords(alertWords);
  return (
    <fieldset className="flex flex-wrap items-center gap-x-5">
      <legend className="sr-only">{words.onThisDevice}</legend>
      <span aria-hidden="true" className="text-ink-soft">
        {words.onThisDevice}
      </span>
      {SIGNALS.map(signal => (
        <Choice key={signal} signal={signal} />
      ))}
    </fieldset>
  );
}

function Choice({ signal }: { signal: Signal }) {
  const words = useWords(alertWords);
  const [isOn, setIsOn] = useState(() => isSignalOn(signal));
  return (
    <label className="flex min-h-11 items-center gap-2">
      <input
        type="checkbox"
        className="size-6 accent-(--accent)"
        checked={isOn}
        onChange={event => {
          setSignal(signal, event.target.checked);
          setIsOn(event.target.checked);
        }}
      />
      {words[signal]}
    </label>
  );
}

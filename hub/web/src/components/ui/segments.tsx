import { useId } from 'react';
import type { ReactNode } from 'react';

interface SegmentsProps<Value extends string> {
  legend: string;
  options: readonly { value: Value; label: ReactNode; title?: string }[];
  value: Value;
  onChange(value: Value): void;
  className?: string;
}

/** One choice of a few, all in sight: radio buttons that look like one control. Arrow keys work as in any radio group. */
export function Segments<Value extends string>(props: SegmentsProps<Value>) {
  const name = useId();
  return (
    <fieldset
      className={`inline-flex min-w-0 rounded-lg border border-line-strong bg-surface ${props.className ?? ''}`}
    >
      <legend className="sr-only">{props.legend}</legend>
      {props.options.map(option => (
        <label
          key={option.value}
          title={option.title}
          className="relative inline-flex min-h-11 min-w-11 flex-auto items-center justify-center border-r border-line px-3.5 text-sm font-medium whitespace-nowrap select-none first-of-type:rounded-l-[7px] last-of-type:rounded-r-[7px] last-of-type:border-r-0 has-checked:bg-accent has-checked:text-on-accent has-focus-visible:z-10 has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent forced-colors:has-checked:bg-[Highlight] forced-colors:has-checked:text-[HighlightText] forced-colors:has-checked:[forced-color-adjust:none]"
        >
          <input
            type="radio"
            name={name}
            className="absolute inset-0 cursor-pointer appearance-none rounded-[7px] outline-none"
            checked={option.value === props.value}
            onChange={() => props.onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}

interface TicksProps<Value extends string> {
  legend: string;
  options: readonly Value[];
  names: Readonly<Record<Value, string>>;
  ticked: readonly Value[];
  onChange: (ticked: readonly Value[]) => void;
}

/** Any of a few, all in sight. */
export function Ticks<Value extends string>({ legend, options, names, ticked, onChange }: TicksProps<Value>) {
  const change = (option: Value, isTicked: boolean) =>
    onChange(options.filter(other => (other === option ? isTicked : ticked.includes(other))));
  return (
    <fieldset className="flex flex-wrap gap-x-5">
      <legend className="text-sm font-medium">{legend}</legend>
      {options.map(option => (
        <label key={option} className="flex min-h-11 items-center gap-2">
          <input
            type="checkbox"
            className="size-5 accent-accent"
            checked={ticked.includes(option)}
            onChange={event => change(option, event.currentTarget.checked)}
          />
          {names[option]}
        </label>
      ))}
    </fieldset>
  );
}

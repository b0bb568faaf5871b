import { useFormats } from '@/words/formats';

interface NumberButtonProps {
  value: number | null;
  /** After the point; none without it. */
  digits?: number;
  label: string;
  /** "revised +2 %", where late data or a correction changed it. */
  revised?: string | null;
  onAsk: (() => void) | undefined;
}

/** A number that says how it was computed when it is tapped. */
export function NumberButton({ value, digits = 0, label, revised = null, onAsk }: NumberButtonProps) {
  const { number } = useFormats();
  const shown = value === null ? '–' : number(value, digits);
  if (onAsk === undefined) return shown;
  return (
    <span className="inline-flex flex-col items-end">
      <button
        type="button"
        title={label}
        aria-label={`${shown}. ${label}`}
        onClick={onAsk}
        className="inline-flex min-h-11 min-w-11 items-center justify-end underline decoration-line-strong decoration-dotted underline-offset-4"
      >
        {shown}
      </button>
      {/* beside the button, whose name is its number */}
      {revised !== null && <span className="text-xs whitespace-nowrap text-late">{revised}</span>}
    </span>
  );
}

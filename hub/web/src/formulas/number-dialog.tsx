import type { ReactNode } from 'react';
import type { components } from '@/api/schema';
import { Dialog } from '@/components/ui/dialog';
import { useWords } from '@/words/catalogue';
import { useFormats } from '@/words/formats';
import { formulaWords } from '@/words/formulas';

type StoredNumber = components['schemas']['Number'];
type LoadResult = components['schemas']['LoadResult'];

/** A number with where it comes from: one that is kept has a receipt and revisions besides. */
export type FormulaNumber = LoadResult & Partial<StoredNumber>;

interface NumberDialogProps {
  title: string;
  number: FormulaNumber;
  /** Why the last revision was made, in words; empty for the first. */
  because?: readonly string[];
  onClose: () => void;
}

const NO_REASONS: readonly string[] = [];

/** Where a number comes from: enough to work it out by hand, and the receipt for whoever wants all of it. */
export function NumberDialog({ title, number, because = NO_REASONS, onClose }: NumberDialogProps) {
  const words = useWords(formulaWords);
  const formats = useFormats();
  return (
    <Dialog title={title} onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2">
        <Fact name={words.formula}>
          {number.formula}, {number.variant}
        </Fact>
        <Fact name={words.version}>{number.version}</Fact>
        {Object.entries(number.values).map(([output, value]) => (
          <Fact key={output} name={output}>
            {told(value, formats.number) ?? words.noNumber} {number.units[output]}
          </Fact>
        ))}
        {number.coverage_percent !== null && (
          <Fact name={words.coverage}>{formats.number(number.coverage_percent, 1)} %</Fact>
        )}
        <Facts name={words.parameters} told={number.parameters ?? {}} />
        <Facts name={words.settings} told={number.settings} />
      </dl>
      {number.reason !== null && <p className="mt-3 text-late">{number.reason}</p>}
      {number.estimate === true && <p className="mt-3 text-ink-soft">{words.estimate}</p>}
      {number.changes?.map(change => (
        <p key={change.output} className="mt-3">
          {change.output}:{' '}
          {words.revisedFrom(
            told(change.before, formats.number) ?? words.noNumber,
            told(change.after, formats.number) ?? words.noNumber,
          )}{' '}
          {because.length > 0 && `(${because.join('; ')})`}
        </p>
      ))}
      {number.id !== undefined && (
        <>
          <h3 className="mt-4 font-semibold">{words.receipt}</h3>
          <p className="text-sm text-ink-soft">{words.receiptHint}</p>
          <code className="mt-1 block rounded bg-raised px-2 py-1.5 text-sm break-all select-all">
            sts-hub receipt {number.id}
          </code>
        </>
      )}
    </Dialog>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-soft">{name}</dt>
      <dd className="min-w-0 font-medium break-words tabular-nums">{children}</dd>
    </>
  );
}

function Facts({ name, told: facts }: { name: string; told: Record<string, unknown> }) {
  const { number } = useFormats();
  const entries = Object.entries(facts);
  if (entries.length === 0) return null;
  return (
    <Fact name={name}>{entries.map(([one, value]) => `${one} ${told(value, number) ?? ''}`).join(', ')}</Fact>
  );
}

/** Any value that a formula takes or gives, in a line; null where there is none. */
function told(value: unknown, format: (value: number) => string): string | null {
  if (typeof value === 'number') return format(value);
  if (Array.isArray(value)) return value.map(part => told(part, format) ?? '–').join(' / ');
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : null;
}

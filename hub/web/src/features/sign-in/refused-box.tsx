import { useEffect, useRef } from 'react';
import { WarningIcon } from '@/components/ui/first-icons';

/** Takes the focus: whoever pressed Enter at the bottom of a phone's screen is led to what went wrong. */
export function RefusedBox({ sentence }: { sentence: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <div
      ref={place}
      role="alert"
      tabIndex={-1}
      className="flex gap-2.5 rounded-lg border border-lost bg-lost-soft p-3 text-sm text-ink"
    >
      <WarningIcon className="mt-px size-5 text-lost" />
      <p>{sentence}</p>
    </div>
  );
}

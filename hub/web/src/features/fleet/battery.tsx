import { WarningIcon } from '@/components/ui/first-icons';
import { useWords } from '@/words/catalogue';
import { sensorWords } from '@/words/sensors';
import { LOW_BATTERY_PERCENT } from './sensors';

/** A battery in percent; a low one is said to be. */
export function Battery({ percent }: { percent: number | null }) {
  const words = useWords(sensorWords);
  if (percent === null) return '–';
  if (percent > LOW_BATTERY_PERCENT) return percent;
  return (
    <span className="inline-flex items-center gap-1 font-semibold whitespace-nowrap text-late">
      <WarningIcon className="size-4" /> {percent} {words.low}
    </span>
  );
}

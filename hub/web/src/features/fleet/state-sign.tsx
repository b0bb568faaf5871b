import type { ReactNode } from 'react';
import {
  ClockIcon,
  HourglassIcon,
  NoSensorIcon,
  SignalLostIcon,
  StrapOffIcon,
  WarningIcon,
} from '@/components/ui/first-icons';
import { useWords } from '@/words/catalogue';
import { fleetWords } from '@/words/fleet';
import { sensorWords } from '@/words/sensors';
import type { GatewayLook } from './gateway-state';
import type { SensorLook } from './sensors';

const SMALL = 'size-[1.15em]';
const LIVE = (
  <span aria-hidden="true" className="size-[0.7em] rounded-full border-2 border-current bg-current" />
);

/** A state by its shape, word and colour. */
function Sign({ shape, look, children }: { shape: ReactNode; look: string; children: ReactNode }) {
  return (
    <span className={`inline-flex items-center gap-1.5 align-middle font-medium whitespace-nowrap ${look}`}>
      {shape}
      {children}
    </span>
  );
}

const GATEWAY_SIGNS: Record<GatewayLook, [shape: ReactNode, look: string]> = {
  ok: [LIVE, 'text-good'],
  late: [<ClockIcon key="" className={SMALL} />, 'text-late'],
  degraded: [<WarningIcon key="" className={SMALL} />, 'text-late'],
  failed: [<WarningIcon key="" className={SMALL} />, 'text-lost'],
  silent: [<SignalLostIcon key="" className={SMALL} />, 'text-lost'],
  never: [<NoSensorIcon key="" className={SMALL} />, 'text-ink-soft'],
};

export function GatewaySign({ look }: { look: GatewayLook }) {
  const words = useWords(fleetWords).state;
  const [shape, colour] = GATEWAY_SIGNS[look];
  return (
    <Sign shape={shape} look={colour}>
      {words[look]}
    </Sign>
  );
}

const SENSOR_SIGNS: Record<SensorLook, [shape: ReactNode, look: string]> = {
  live: [LIVE, 'text-good'],
  late: [<ClockIcon key="" className={SMALL} />, 'text-late'],
  lost: [<SignalLostIcon key="" className={SMALL} />, 'text-lost'],
  connecting: [<HourglassIcon key="" className={SMALL} />, 'text-ink-soft'],
  not_worn: [<StrapOffIcon key="" className={SMALL} />, 'text-ink-soft'],
  off: [<NoSensorIcon key="" className={SMALL} />, 'text-ink-soft'],
  unheard: [<NoSensorIcon key="" className={SMALL} />, 'text-ink-soft'],
  retired: [<NoSensorIcon key="" className={SMALL} />, 'text-ink-soft'],
};

export function SensorSign({ look }: { look: SensorLook }) {
  const words = useWords(sensorWords).state;
  const [shape, colour] = SENSOR_SIGNS[look];
  return (
    <Sign shape={shape} look={colour}>
      {words[look]}
    </Sign>
  );
}

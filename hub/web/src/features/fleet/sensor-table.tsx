import { Button } from '@/components/ui/button';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { ageWords } from '@/live/times';
import { useHubNow } from '@/live/use-live';
import { useWords } from '@/words/catalogue';
import { sensorWords } from '@/words/sensors';
import { Battery } from './battery';
import type { SensorAct } from './sensors-page';
import type { SensorNow } from './sensors';
import { wearerName } from './sensors';
import { SensorSign } from './state-sign';

interface SensorTableProps {
  sensors: readonly SensorNow[];
  keeps: boolean;
  onAct: (of: SensorNow, what: SensorAct) => void;
}

export function SensorTable({ sensors, keeps, onAct }: SensorTableProps) {
  const words = useWords(sensorWords);
  const columns = useColumns(keeps, onAct);
  return (
    <DataTable
      caption={words.what.sensors}
      columns={columns}
      rows={sensors}
      rowKey={one => String(one.sensor.id)}
    />
  );
}

interface ActsProps {
  sensor: SensorNow;
  keeps: boolean;
  onAct: (what: SensorAct) => void;
}

function Acts({ sensor: { sensor, look, wearer }, keeps, onAct }: ActsProps) {
  const words = useWords(sensorWords);
  const isRetired = look === 'retired';
  const act = (what: SensorAct, text: string, name: string) => (
    <Button
      look="quiet"
      className="px-1.5 underline decoration-line-strong underline-offset-4"
      aria-label={name}
      onClick={() => onAct(what)}
    >
      {text}
    </Button>
  );
  return (
    <span className="-ml-1.5 flex whitespace-nowrap">
      {!isRetired && act('test', words.test, words.testOf(sensor.label))}
      {keeps && wearer !== null && act('replace', words.replace, words.replaceOf(sensor.label))}
      {keeps && !isRetired && act('retire', words.retire, words.retireOf(sensor.label))}
      {keeps && isRetired && act('retire', words.reuse, words.reuseOf(sensor.label))}
    </span>
  );
}

function useColumns(keeps: boolean, onAct: SensorTableProps['onAct']): Column<SensorNow>[] {
  const words = useWords(sensorWords);
  const nowMs = useHubNow();
  return [
    {
      name: words.column.sensor,
      isHead: true,
      by: one => one.sensor.label,
      show: ({ sensor, look }) => (
        <>
          {sensor.label}
          <span className="block text-sm font-normal">
            <SensorSign look={look} />
          </span>
        </>
      ),
    },
    {
      name: words.column.wearer,
      by: one => one.wearer?.number ?? null,
      show: ({ wearer }) => (wearer === null ? words.nobody : wearerName(wearer)),
      className: 'whitespace-nowrap',
    },
    {
      name: words.column.act,
      show: one => <Acts sensor={one} keeps={keeps} onAct={what => onAct(one, what)} />,
    },
    {
      name: words.column.heard,
      by: one => one.told?.heard_at ?? null,
      show: ({ told }) => (told?.heard_at == null ? '–' : ageWords(nowMs - Date.parse(told.heard_at))),
      className: 'whitespace-nowrap',
    },
    {
      name: words.column.battery,
      unit: '%',
      by: one => one.told?.battery ?? null,
      show: one => <Battery percent={one.told?.battery ?? null} />,
      isNumber: true,
    },
    {
      name: words.column.signal,
      unit: 'dBm',
      by: one => one.told?.rssi ?? null,
      show: one => one.told?.rssi ?? '–',
      isNumber: true,
    },
    { name: words.column.gateway, by: one => one.gateway, show: one => one.gateway ?? '–' },
    {
      name: words.add.address,
      show: one => one.sensor.address,
      className: 'text-sm text-ink-soft whitespace-nowrap',
    },
  ];
}

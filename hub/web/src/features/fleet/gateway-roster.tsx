import { useQuery } from '@tanstack/react-query';
import type { Column } from '@/components/ui/data-table';
import { DataTable } from '@/components/ui/data-table';
import { Panel } from '@/components/ui/panel';
import { ageWords } from '@/live/times';
import { useWords } from '@/words/catalogue';
import { fleetWords } from '@/words/fleet';
import { sensorWords } from '@/words/sensors';
import { Battery } from './battery';
import type { Gateway, GatewaySensor } from './fleet';
import { wearersQuery } from './fleet';
import { sensorLook, sensorsQuery, wearerName } from './sensors';
import { SensorSign } from './state-sign';

/** What a gateway hears, and who wears it. */
export function GatewayRoster({ gateway, nowMs }: { gateway: Gateway; nowMs: number }) {
  const words = useWords(fleetWords).gateway;
  const { what } = useWords(sensorWords);
  const columns = useColumns(nowMs);
  return (
    <Panel title={words.roster} hint={words.rosterHint}>
      {gateway.sensors.length === 0 ? (
        <p className="text-ink-soft">{words.noSensors}</p>
      ) : (
        <DataTable
          caption={what.sensors}
          columns={columns}
          rows={gateway.sensors}
          rowKey={one => `${one.name} ${one.address}`}
        />
      )}
    </Panel>
  );
}

/** Wearers by the address of what they wear. */
function useWearers(): ReadonlyMap<string, string> {
  const sensors = useQuery(sensorsQuery).data ?? [];
  const wearers = useQuery(wearersQuery).data ?? [];
  const addresses = new Map(sensors.map(({ id, address }) => [id, address]));
  return new Map(wearers.map(wearer => [addresses.get(wearer.sensor_id) ?? '', wearerName(wearer)]));
}

function useColumns(nowMs: number): Column<GatewaySensor>[] {
  const words = useWords(sensorWords).column;
  const { nobody } = useWords(sensorWords);
  const wearers = useWearers();
  return [
    { name: words.sensor, isHead: true, by: one => one.name, show: one => one.name },
    {
      name: words.wearer,
      by: one => wearers.get(one.address) ?? null,
      show: one => wearers.get(one.address) ?? nobody,
    },
    {
      name: words.state,
      by: one => one.state,
      show: one => <SensorSign look={sensorLook(one.state)} />,
    },
    {
      name: words.heard,
      by: one => one.heard_at,
      show: one => (one.heard_at === null ? '–' : ageWords(nowMs - Date.parse(one.heard_at))),
      className: 'whitespace-nowrap',
    },
    {
      name: words.battery,
      unit: '%',
      by: one => one.battery,
      show: one => <Battery percent={one.battery} />,
      isNumber: true,
    },
    {
      name: words.signal,
      unit: 'dBm',
      by: one => one.rssi,
      show: one => one.rssi ?? '–',
      isNumber: true,
    },
  ];
}

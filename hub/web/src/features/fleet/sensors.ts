/** The club's sensors, joined with what gateways tell of them and who wears each. */
import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import type { components } from '@/api/schema';
import type { Gateway, GatewaySensor, Wearer } from './fleet';

export type Sensor = components['schemas']['Sensor'];
export type SensorHeard = components['schemas']['SensorHeard'];
export type MetricHeard = components['schemas']['MetricHeard'];

const LOOKS = ['live', 'late', 'lost', 'connecting', 'not_worn', 'off', 'unheard', 'retired'] as const;
export type SensorLook = (typeof LOOKS)[number];

/** A coin cell that tells so little may end within a session. */
export const LOW_BATTERY_PERCENT = 20;
/** So long one wears a strap to see that it works. */
export const TEST_S = 15;

/** All sensors of the club: one page holds them. */
export const sensorsQuery = queryOptions({
  queryKey: ['sensors'],
  queryFn: async () =>
    (await answerOf(api.GET('/api/v1/sensors', { params: { query: { limit: 500 } } }))).items,
});

/** A sensor with the gateway that hears it best, and who wears it. */
export interface SensorNow {
  sensor: Sensor;
  look: SensorLook;
  gateway: string | null;
  told: GatewaySensor | null;
  wearer: Wearer | null;
}

export function sensorsNow(
  sensors: readonly Sensor[],
  gateways: readonly Gateway[],
  wearers: readonly Wearer[],
): SensorNow[] {
  const worn = new Map(wearers.map(wearer => [wearer.sensor_id, wearer]));
  return sensors.map(sensor => {
    const heard = bestOf(sensor, gateways);
    return {
      sensor,
      look: sensor.retired_at === null ? sensorLook(heard?.told.state) : 'retired',
      gateway: heard?.gateway ?? null,
      told: heard?.told ?? null,
      wearer: worn.get(sensor.id) ?? null,
    };
  });
}

export function sensorLook(state: string | undefined): SensorLook {
  return LOOKS.find(look => look === state) ?? 'unheard';
}

interface Heard {
  gateway: string;
  told: GatewaySensor;
}

/** What was heard last counts; a gateway that is silent tells nothing of now. */
function bestOf({ address }: Sensor, gateways: readonly Gateway[]): Heard | undefined {
  const heard = gateways
    .filter(({ state }) => state !== 'silent' && state !== 'never')
    .flatMap(({ name, sensors }) =>
      sensors.filter(told => told.address === address).map(told => ({ gateway: name, told })),
    );
  return heard.toSorted((one, other) => lastHeard(other) - lastHeard(one))[0];
}

function lastHeard({ told }: Heard): number {
  return told.heard_at === null ? 0 : Date.parse(told.heard_at);
}

/** Whether somebody must look at it: worn and not heard, lost, or soon without power. */
export function needsAttention({ look, told, wearer }: SensorNow): boolean {
  if (look === 'retired') return false;
  const battery = told?.battery ?? null;
  if (battery !== null && battery <= LOW_BATTERY_PERCENT) return true;
  return look === 'lost' || look === 'late' || (look === 'unheard' && wearer !== null);
}

/** A wearer as a technician knows one: "7 AS". */
export function wearerName({ number, initials }: Wearer): string {
  return number === null ? initials : `${number} ${initials}`;
}

export function addSensor(body: components['schemas']['NewSensor']) {
  return answerOf(api.POST('/api/v1/sensors', { body }));
}

export function setRetired(sensorId: number, retired: boolean) {
  return answerOf(
    api.PATCH('/api/v1/sensors/{sensor_id}', {
      params: { path: { sensor_id: sensorId } },
      body: { retired },
    }),
  );
}

export function replaceSensor(sensorId: number, by: number, fromMs: number | null) {
  const from = fromMs === null ? {} : { from: new Date(fromMs).toISOString() };
  return answerOf(
    api.POST('/api/v1/sensors/{sensor_id}/replacement', {
      params: { path: { sensor_id: sensorId } },
      body: { by, ...from },
    }),
  );
}

export function hearSensor(sensorId: number, fromMs: number) {
  return answerOf(
    api.GET('/api/v1/sensors/{sensor_id}/heard', {
      params: { path: { sensor_id: sensorId }, query: { from: new Date(fromMs).toISOString() } },
    }),
  );
}

export const sheetQuery = queryOptions({
  queryKey: ['sensors', 'sheet'],
  queryFn: () => answerOf(api.GET('/api/v1/sensors/sheet', { parseAs: 'text' })),
});

export type Verdict = 'well' | 'gaps' | 'contact' | 'dead';

/** Nine of ten values are what a strap nearby brings; under half of good ones the skin is too dry. */
const WELL_SHARE = 0.9;
const GOOD_SHARE = 0.5;

/** What a test of a sensor says of it, by the metric that has a rhythm, heard best. */
export function verdictOf(metrics: readonly MetricHeard[]): Verdict {
  const rhythmic = metrics.filter(({ expected }) => expected !== null);
  const best = rhythmic.toSorted((one, other) => other.heard - one.heard)[0] ?? metrics[0];
  if (best === undefined) return 'dead';
  if (best.good < best.heard * GOOD_SHARE) return 'contact';
  return best.expected !== null && best.heard < best.expected * WELL_SHARE ? 'gaps' : 'well';
}

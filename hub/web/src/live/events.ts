/** What the live stream says, event by event. Drafted here until the API document carries the models. */
import type { Quality } from './quality.ts';

export interface MetricInfo {
  name: string;
  unit: string;
  late_after_ms: number | null;
  lost_after_ms: number | null;
}

export interface RosterAthlete {
  id: string;
  number: number | null;
  name: string;
  hr_max: number | null;
  team_id: string | null;
  sensor: { id: number; label: string; kind: string } | null;
}

export interface SnapshotAthlete extends RosterAthlete {
  values: Record<string, { t_ms: number; value: number; quality: Quality }>;
  trend?: { t_ms: number[]; value: number[] };
}

export interface SnapshotEvent {
  now_ms: number;
  metrics: MetricInfo[];
  athletes: SnapshotAthlete[];
}

export interface FrameEvent {
  now_ms: number;
  values: { athlete: string; metric: string; t_ms: number; value: number; quality: Quality }[];
}

export interface GapEvent {
  reason: string;
  since_ms: number;
}

export interface GatewayNews {
  gateway: string;
  state: string;
}

export interface FleetEvent {
  gateways: GatewayNews[];
}

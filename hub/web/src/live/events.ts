/** What the live stream says, event by event: the API document's own models. */
import type { components } from '../api/schema';

type Schemas = components['schemas'];

export type SnapshotEvent = Schemas['LiveSnapshot'];
export type FrameEvent = Schemas['LiveFrame'];
export type FleetEvent = Schemas['LiveFleet'];
export type AlertEvent = Schemas['LiveAlert'];
export type GapEvent = Schemas['LiveGap'];
export type ByeEvent = Schemas['LiveBye'];
export type SnapshotAthlete = Schemas['LiveAthlete'];
export type MetricInfo = Schemas['MetricInfo'];
export type GatewayNews = Schemas['Gateway'];

/** Who stands on a tile: an athlete of the snapshot without what was measured. */
export type RosterAthlete = Omit<SnapshotAthlete, 'values' | 'trend'>;

/** Where one can go, by role: the rail and the tabs show this table, and nothing else decides it. */
import type { Me } from '@/api/queries';
import {
  BellIcon,
  CalendarIcon,
  ClubIcon,
  CupIcon,
  GatewayIcon,
  HourglassIcon,
  KeyIcon,
  NoSensorIcon,
  PeopleIcon,
  PersonIcon,
  PulseIcon,
  SquadIcon,
  TrendIcon,
} from '@/components/ui/first-icons';
import type { placeWords } from '@/words/places';

type Role = Me['role'];

export interface Place {
  to:
    | '/'
    | '/today'
    | '/trends'
    | '/privacy'
    | '/sessions'
    | '/alarms'
    | '/squad'
    | '/season'
    | '/my-athletes'
    | '/competitions'
    | '/people'
    | '/club'
    | '/fleet'
    | '/sensors'
    | '/ingest';
  name: Exclude<keyof (typeof placeWords)['en'], 'navigation'>;
  Icon: typeof PulseIcon;
  roles: readonly Role[];
  /** Whether it shows one team, or all of them: the choice of a team stands above it. */
  ofTeam: boolean;
}

/** They plan and run sessions, and look after their teams' athletes. */
const SEES_TEAMS: readonly Role[] = ['admin', 'director', 'coach', 'trainer'];
/** They answer for all teams. */
const LEADS: readonly Role[] = ['admin', 'director'];
const IS_MEASURED: readonly Role[] = ['athlete', 'guardian'];

const PLACES: readonly Place[] = [
  { to: '/my-athletes', name: 'myAthletes', Icon: PersonIcon, roles: ['trainer'], ofTeam: false },
  { to: '/', name: 'live', Icon: PulseIcon, roles: SEES_TEAMS, ofTeam: true },
  { to: '/today', name: 'today', Icon: PulseIcon, roles: IS_MEASURED, ofTeam: false },
  {
    to: '/sessions',
    name: 'sessions',
    Icon: CalendarIcon,
    roles: [...SEES_TEAMS, ...IS_MEASURED],
    ofTeam: true,
  },
  { to: '/trends', name: 'trends', Icon: SquadIcon, roles: IS_MEASURED, ofTeam: false },
  { to: '/privacy', name: 'privacy', Icon: KeyIcon, roles: IS_MEASURED, ofTeam: false },
  { to: '/squad', name: 'squad', Icon: SquadIcon, roles: SEES_TEAMS, ofTeam: true },
  { to: '/season', name: 'season', Icon: TrendIcon, roles: LEADS, ofTeam: true },
  {
    to: '/competitions',
    name: 'results',
    Icon: CupIcon,
    roles: [...SEES_TEAMS, 'technician', ...IS_MEASURED],
    ofTeam: false,
  },
  { to: '/alarms', name: 'alarms', Icon: BellIcon, roles: SEES_TEAMS, ofTeam: true },
  { to: '/people', name: 'people', Icon: PeopleIcon, roles: SEES_TEAMS, ofTeam: true },
  { to: '/club', name: 'club', Icon: ClubIcon, roles: SEES_TEAMS, ofTeam: false },
  {
    to: '/fleet',
    name: 'fleet',
    Icon: GatewayIcon,
    roles: [...SEES_TEAMS, 'technician'],
    ofTeam: false,
  },
  // whoever else sees the fleet finds these two beside it
  { to: '/sensors', name: 'sensors', Icon: NoSensorIcon, roles: ['technician'], ofTeam: false },
  { to: '/ingest', name: 'ingest', Icon: HourglassIcon, roles: ['technician'], ofTeam: false },
];

export function placesOf(role: Role): readonly Place[] {
  return PLACES.filter(place => place.roles.includes(role));
}

/** Pages that are about nobody's team. */
const OF_NO_TEAM: ReadonlySet<string> = new Set(['/settings', '/help', '/first-steps']);

/** Whether the choice of a team means something at this address; from a page of one thing it leads to the wall. */
export function choosesTeam(role: Role, path: string): boolean {
  const place = placesOf(role).find(one => one.to === path);
  return place === undefined ? homeOf(role) === '/' && !OF_NO_TEAM.has(path) : place.ofTeam;
}

/** Where the day of somebody of this role begins. */
export function homeOf(role: Role): '/' | '/today' | '/fleet' {
  if (role === 'technician') return '/fleet';
  return IS_MEASURED.includes(role) ? '/today' : '/';
}

/** Whether somebody of this role looks after gateways and sensors. */
export function keepsGateways(role: Role): boolean {
  return role === 'admin' || role === 'technician';
}

/** Where somebody of this role comes to by signing in: a personal trainer to those who granted something. */
export function landingOf(role: Role): Place['to'] {
  return role === 'trainer' ? '/my-athletes' : homeOf(role);
}

/** Whether somebody of this role plans and runs sessions. */
export function trains(role: Role): boolean {
  return SEES_TEAMS.includes(role);
}

/** Whether somebody of this role is one of those who are measured, or stands for them. */
export function isMeasured(role: Role): boolean {
  return IS_MEASURED.includes(role);
}

/** Whether somebody of this role brings results and sets the clocks of competitions. */
export function scores(role: Role): boolean {
  return role === 'technician' || matches(role);
}

/** Whether somebody of this role says which athlete somebody of a result list is. */
export function matches(role: Role): boolean {
  return role !== 'trainer' && trains(role);
}

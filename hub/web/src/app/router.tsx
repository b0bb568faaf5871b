import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import type { RangeSearch } from '@/features/athlete/time-range';
import { Frame } from './frame';
import { Gallery, NotFound } from './gallery';
import { knownPerson } from './known-person';
import { homeOf } from './places';
import { RouteFailed } from './route-failed';
import { asWritten, isOwnPath, numberOf, rangeSearch, textOf } from './searches';
import { WallRoute } from './wall-route';

export interface RouterContext {
  queryClient: QueryClient;
}

const rootRoute = createRootRouteWithContext<RouterContext>()({
  notFoundComponent: NotFound,
  errorComponent: RouteFailed,
});

// What does not hold is told as undefined, not left out: the router keeps what a route says nothing about.
// A choice that only one place knows is handed on as it is written: that place checks it when it is loaded, so that the
// first paint of the wall does not wait for what others know.

interface SignInSearch {
  /** Where to go afterwards: a path of this app. */
  next?: string | undefined;
  ended?: boolean | undefined;
}

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): SignInSearch => ({
    next: isOwnPath(search['next']) ? search['next'] : undefined,
    ended: search['ended'] === true || undefined,
  }),
  component: lazyRouteComponent(() => import('./sign-in-route'), 'SignInRoute'),
});

const recoveryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/recovery',
  component: lazyRouteComponent(() => import('./joining-routes'), 'RecoveryRoute'),
});

const forgottenRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/forgotten',
  component: lazyRouteComponent(() => import('./joining-routes'), 'ForgottenRoute'),
});

const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invitation',
  component: lazyRouteComponent(() => import('./joining-routes'), 'InvitationRoute'),
});

interface ProviderSearch {
  code?: string | undefined;
  state?: string | undefined;
  iss?: string | undefined;
}

/** Where an OpenID provider sends people back to. */
const providerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in/$provider',
  validateSearch: (search: Record<string, unknown>): ProviderSearch => ({
    code: asWritten(search, 'code'),
    state: asWritten(search, 'state'),
    iss: asWritten(search, 'iss'),
  }),
  component: lazyRouteComponent(() => import('./provider-route'), 'ProviderRoute'),
});

interface FrameSearch {
  team?: string | undefined;
}

/** Everything behind the sign-in: whoever is nobody is led there, and back afterwards. */
const frameRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'frame',
  validateSearch: (search: Record<string, unknown>): FrameSearch => ({ team: textOf(search['team']) }),
  beforeLoad: async ({ context, location }) => {
    const { me } = await knownPerson({ context, location });
    if (me.owes_factor) throw redirect({ to: '/account' });
    return { me };
  },
  component: Frame,
});

/** One's own account: the only place open to whoever owes the second factor that the club asks for. */
const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/account',
  beforeLoad: knownPerson,
  component: lazyRouteComponent(() => import('./account-route'), 'AccountRoute'),
});

/** The wall; whose day begins elsewhere is led there: whoever is measured to what is theirs, a technician to the fleet. */
const wallRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/',
  beforeLoad: ({ context }) => {
    const home = homeOf(context.me.role);
    if (home !== '/') throw redirect({ to: home });
  },
  component: WallRoute,
});

interface WhoseSearch {
  /** Of those whom a guardian stands for. */
  athlete?: string | undefined;
}

const whoseSearch = (search: Record<string, unknown>): WhoseSearch => ({
  athlete: textOf(search['athlete']),
});

const todayRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/today',
  validateSearch: whoseSearch,
  component: lazyRouteComponent(() => import('./today-route'), 'TodayRoute'),
});

interface TrendsSearch extends WhoseSearch {
  days?: number | undefined;
  measure?: string | undefined;
}

const trendsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/trends',
  validateSearch: (search: Record<string, unknown>): TrendsSearch => ({
    ...whoseSearch(search),
    days: numberOf(search['days']),
    measure: textOf(search['measure']),
  }),
  component: lazyRouteComponent(() => import('./trends-route'), 'TrendsRoute'),
});

const privacyRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/privacy',
  validateSearch: whoseSearch,
  component: lazyRouteComponent(() => import('./privacy-route'), 'PrivacyRoute'),
});

interface CompareSearch extends RangeSearch {
  /** Ids, with commas between them. */
  athletes?: string | undefined;
}

const compareRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/compare',
  validateSearch: (search: Record<string, unknown>): CompareSearch => ({
    ...rangeSearch(search),
    athletes: textOf(search['athletes']),
  }),
  component: lazyRouteComponent(() => import('./compare-route'), 'CompareRoute'),
});

const athleteRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/athletes/$athleteId',
  validateSearch: rangeSearch,
  component: lazyRouteComponent(() => import('./athlete-route'), 'AthleteRoute'),
});

interface SquadSearch {
  weeks?: number | undefined;
  measure?: string | undefined;
  view?: string | undefined;
}

interface WeekSearch {
  week?: string | undefined;
}

const weekRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/sessions',
  validateSearch: (search: Record<string, unknown>): WeekSearch => ({
    week: textOf(search['week']),
  }),
  component: lazyRouteComponent(() => import('./week-route'), 'WeekRoute'),
});

const startRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/sessions/new',
  component: lazyRouteComponent(() => import('./start-route'), 'StartRoute'),
});

const sessionRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/sessions/$sessionId',
  component: lazyRouteComponent(() => import('./session-route'), 'SessionRoute'),
});

const reviewRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/sessions/$sessionId/review',
  component: lazyRouteComponent(() => import('./review-route'), 'ReviewRoute'),
});

const myAthletesRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/my-athletes',
  component: lazyRouteComponent(() => import('./my-athletes-route'), 'MyAthletesRoute'),
});

const grantedRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/my-athletes/$sharedId',
  validateSearch: rangeSearch,
  component: lazyRouteComponent(() => import('./my-athletes-route'), 'GrantedRoute'),
});

interface SeasonSearch {
  /** In weeks: a season's are others than a squad's. */
  span?: number | undefined;
  measure?: string | undefined;
}

const seasonRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/season',
  validateSearch: (search: Record<string, unknown>): SeasonSearch => ({
    span: numberOf(search['span']),
    measure: textOf(search['measure']),
  }),
  component: lazyRouteComponent(() => import('./season-route'), 'SeasonRoute'),
});

const competitionsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/competitions',
  component: lazyRouteComponent(() => import('./competitions-route'), 'CompetitionsRoute'),
});

const competitionRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/competitions/$competitionId',
  component: lazyRouteComponent(() => import('./competitions-route'), 'CompetitionRoute'),
});

const alarmsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/alarms',
  component: lazyRouteComponent(() => import('./alarms-route'), 'AlarmsRoute'),
});

const peopleRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/people',
  component: lazyRouteComponent(() => import('./people-route'), 'PeopleRoute'),
});

interface ClubSearch {
  part?: string | undefined;
}

const clubRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/club',
  validateSearch: (search: Record<string, unknown>): ClubSearch => ({
    part: textOf(search['part']),
  }),
  component: lazyRouteComponent(() => import('./club-route'), 'ClubRoute'),
});

const settingsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings-route'), 'SettingsRoute'),
});

const helpRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/help',
  component: lazyRouteComponent(() => import('./help-route'), 'HelpRoute'),
});

const firstStepsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/first-steps',
  component: lazyRouteComponent(() => import('./first-steps-route'), 'FirstStepsRoute'),
});

// One file: the parts of the fleet share most of what they show.
const fleetRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/fleet',
  component: lazyRouteComponent(() => import('./fleet-routes'), 'FleetRoute'),
});

const gatewayRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/fleet/$gateway',
  component: lazyRouteComponent(() => import('./fleet-routes'), 'GatewayRoute'),
});

const sensorsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/sensors',
  component: lazyRouteComponent(() => import('./fleet-routes'), 'SensorsRoute'),
});

const sheetRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/sensors/sheet',
  component: lazyRouteComponent(() => import('./fleet-routes'), 'SheetRoute'),
});

const ingestRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/ingest',
  component: lazyRouteComponent(() => import('./fleet-routes'), 'IngestRoute'),
});

const squadRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/squad',
  validateSearch: (search: Record<string, unknown>): SquadSearch => ({
    weeks: numberOf(search['weeks']),
    measure: textOf(search['measure']),
    view: textOf(search['view']),
  }),
  component: lazyRouteComponent(() => import('./squad-route'), 'SquadRoute'),
});

const galleryRoute = createRoute({ getParentRoute: () => rootRoute, path: '/_gallery', component: Gallery });

const routeTree = rootRoute.addChildren([
  galleryRoute,
  signInRoute,
  providerRoute,
  recoveryRoute,
  forgottenRoute,
  invitationRoute,
  accountRoute,
  frameRoute.addChildren([
    wallRoute,
    todayRoute,
    trendsRoute,
    privacyRoute,
    athleteRoute,
    squadRoute,
    peopleRoute,
    clubRoute,
    settingsRoute,
    helpRoute,
    firstStepsRoute,
    compareRoute,
    weekRoute,
    startRoute,
    sessionRoute,
    reviewRoute,
    alarmsRoute,
    myAthletesRoute,
    grantedRoute,
    seasonRoute,
    competitionsRoute,
    competitionRoute,
    fleetRoute,
    gatewayRoute,
    sensorsRoute,
    sheetRoute,
    ingestRoute,
  ]),
]);

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPreload: false,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}

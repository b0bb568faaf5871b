import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { isSignedOut } from '@/api/problem';
import { meQuery } from '@/api/queries';
import type { RangeSearch } from '@/features/athlete/time-range';
import { isPreset } from '@/features/athlete/time-range';
import type { Week } from '@/features/sessions/sessions';
import { isWeek } from '@/features/sessions/sessions';
import { Frame } from './frame';
import { NotFound, RouteFailed } from './route-states';
import { WallRoute } from './wall-route';

export interface RouterContext {
  queryClient: QueryClient;
}

const rootRoute = createRootRouteWithContext<RouterContext>()({
  notFoundComponent: NotFound,
  errorComponent: RouteFailed,
});

// What does not hold is told as undefined, not left out: the router keeps what a route says nothing about.

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

interface FrameSearch {
  team?: string | undefined;
}

/** Everything behind the sign-in: whoever is nobody is led there, and back afterwards. */
const frameRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'frame',
  validateSearch: (search: Record<string, unknown>): FrameSearch => ({ team: textOf(search['team']) }),
  beforeLoad: async ({ context, location }) => {
    try {
      return { me: await context.queryClient.ensureQueryData(meQuery) };
    } catch (error) {
      if (isSignedOut(error)) throw redirect({ to: '/sign-in', search: nextOf(location.href) });
      throw error;
    }
  },
  component: Frame,
});

const wallRoute = createRoute({ getParentRoute: () => frameRoute, path: '/', component: WallRoute });

const athleteRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/athletes/$athleteId',
  validateSearch: (search: Record<string, unknown>): RangeSearch => ({
    range: isPreset(search['range']) ? search['range'] : undefined,
    from: textOf(search['from']),
    to: textOf(search['to']),
  }),
  component: lazyRouteComponent(() => import('./athlete-route'), 'AthleteRoute'),
});

interface WeekSearch {
  week?: Week | undefined;
}

const weekRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/sessions',
  validateSearch: (search: Record<string, unknown>): WeekSearch => ({
    week: isWeek(search['week']) ? search['week'] : undefined,
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

const routeTree = rootRoute.addChildren([
  signInRoute,
  frameRoute.addChildren([wallRoute, athleteRoute, weekRoute, startRoute, sessionRoute, reviewRoute]),
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

function nextOf(href: string): SignInSearch {
  return href === '/' ? {} : { next: href };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Only a path of this app: an address elsewhere must not be reachable through our sign-in. */
function isOwnPath(value: unknown): value is string {
  return (
    typeof value === 'string' && value.startsWith('/') && !value.startsWith('//') && !value.startsWith('/\\')
  );
}

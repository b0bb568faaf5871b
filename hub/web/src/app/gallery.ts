import { lazyRouteComponent } from '@tanstack/react-router';

export const NotFound = lazyRouteComponent(() => import('./not-found'), 'NotFound');

/** Each component in each state, for checks and for whoever makes one; nothing of it is in what is served. */
export const Gallery =
  import.meta.env.MODE === 'production'
    ? NotFound
    : lazyRouteComponent(() => import('./gallery-route'), 'GalleryRoute');

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { plainRoute, rootRoute } from '@shared/routes';

export interface WhereTo {
  /** Where to go once signed in: an address of this app. */
  next?: string;
  /** Why whoever came back from a provider is still outside. */
  refused?: string;
}

export interface ResetToken {
  /** What the owner handed over; it may also be typed. */
  token?: string;
}

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): WhereTo => {
    const { next, refused } = search;
    return {
      ...(typeof next === 'string' && next.startsWith('/') && !next.startsWith('//') ? { next } : {}),
      ...(typeof refused === 'string' ? { refused } : {}),
    };
  },
  component: lazyRouteComponent(() => import('./sign-in'), 'SignInPage'),
});

const resetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reset',
  validateSearch: (search: Record<string, unknown>): ResetToken => (typeof search['token'] === 'string' ? { token: search['token'] } : {}),
  component: lazyRouteComponent(() => import('./reset'), 'ResetPage'),
});

const accountRoute = createRoute({
  getParentRoute: () => plainRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('./account'), 'AccountPage'),
});

export const accessRoutes = [signInRoute, resetRoute] as const;
export const accountRoutes = [accountRoute] as const;

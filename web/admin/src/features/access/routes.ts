import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '@shared/routes';

export interface WhereTo {
  /** Where to go once signed in: an address of this app. */
  next?: string;
}

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): WhereTo =>
    typeof search['next'] === 'string' && search['next'].startsWith('/') && !search['next'].startsWith('//') ? { next: search['next'] } : {},
  component: lazyRouteComponent(() => import('./sign-in'), 'SignInPage'),
});

export const accessRoutes = [signInRoute] as const;

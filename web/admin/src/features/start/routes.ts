import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { plainRoute, programRoute, rootRoute } from '@shared/routes';

export interface Chosen {
  /** The template that is looked at. */
  template?: string;
}

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  component: lazyRouteComponent(() => import('./setup'), 'SetupPage'),
});

const startRoute = createRoute({
  getParentRoute: () => plainRoute,
  path: '/start',
  validateSearch: (search: Record<string, unknown>): Chosen => (typeof search['template'] === 'string' ? { template: search['template'] } : {}),
  component: lazyRouteComponent(() => import('./start'), 'StartPage'),
});

const launchRoute = createRoute({
  getParentRoute: () => programRoute,
  path: '/launch',
  component: lazyRouteComponent(() => import('./launch'), 'LaunchPage'),
});

/** For whoever nobody knows yet. */
export const setupRoutes = [setupRoute] as const;
/** A new program. */
export const startRoutes = [startRoute] as const;
/** The first steps of a program. */
export const launchRoutes = [launchRoute] as const;

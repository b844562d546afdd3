import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '@shared/routes';

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  component: lazyRouteComponent(() => import('./setup'), 'SetupPage'),
});

/** For whoever nobody knows yet. */
export const setupRoutes = [setupRoute] as const;

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { programRoute } from '@shared/routes';

const tillRoute = createRoute({
  getParentRoute: () => programRoute,
  path: '/till',
  component: lazyRouteComponent(() => import('./till'), 'TillPage'),
});

export const tillRoutes = [tillRoute] as const;

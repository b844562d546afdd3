import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { validPeriod } from '@shared/period';
import { programRoute } from '@shared/routes';

const homeRoute = createRoute({
  getParentRoute: () => programRoute,
  path: '/',
  validateSearch: validPeriod,
  component: lazyRouteComponent(() => import('./page'), 'HomePage'),
});

export const homeRoutes = [homeRoute] as const;

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { programRoute } from '@shared/routes';

export type SegmentTab = 'who' | 'condition';

const listRoute = createRoute({
  getParentRoute: () => programRoute,
  path: '/segments',
  component: lazyRouteComponent(() => import('./list'), 'SegmentsPage'),
});

const newRoute = createRoute({
  getParentRoute: () => programRoute,
  path: '/segments/new',
  validateSearch: (search: Record<string, unknown>): { kind?: 'list' } => (search['kind'] === 'list' ? { kind: 'list' } : {}),
  component: lazyRouteComponent(() => import('./new'), 'NewSegmentPage'),
});

const oneRoute = createRoute({
  getParentRoute: () => programRoute,
  path: '/segments/$segment',
  validateSearch: (search: Record<string, unknown>): { tab?: SegmentTab } => (search['tab'] === 'condition' ? { tab: 'condition' } : {}),
  component: lazyRouteComponent(() => import('./one'), 'SegmentPage'),
});

export const segmentsRoutes = [listRoute, newRoute, oneRoute] as const;

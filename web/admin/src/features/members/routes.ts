import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { programRoute } from '@shared/routes';

export interface MembersFilter {
  name?: string;
}

const listRoute = createRoute({
  getParentRoute: () => programRoute,
  path: '/members',
  validateSearch: (search: Record<string, unknown>): MembersFilter =>
    typeof search['name'] === 'string' && search['name'] !== '' ? { name: search['name'] } : {},
  component: lazyRouteComponent(() => import('./list'), 'MembersPage'),
});

export const membersRoutes = [listRoute] as const;

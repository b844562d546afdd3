import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { programRoute } from '@shared/routes';

export const STATUSES = ['active', 'guest', 'paused', 'blocked', 'left', 'merged', 'erased'] as const;
export type Status = (typeof STATUSES)[number];

/** What the list may be narrowed by in its address. What is searched for is personal and stays out of it. */
export interface MembersFilter {
  status?: Status[];
  segment?: string;
  /** `ladder:tier`. */
  tier?: string;
}

export const TABS = ['overview', 'timeline', 'rewards', 'movements', 'profile'] as const;
export type MemberTab = (typeof TABS)[number];

function plain(value: unknown, shape: RegExp): string | undefined {
  return typeof value === 'string' && shape.test(value) ? value : undefined;
}

const listRoute = createRoute({
  getParentRoute: () => programRoute,
  path: '/members',
  validateSearch: (search: Record<string, unknown>): MembersFilter => {
    const asked = Array.isArray(search['status']) ? search['status'] : [search['status']];
    const status = STATUSES.filter((each) => asked.includes(each));
    const segment = plain(search['segment'], /^[a-z][a-z0-9_]{0,62}$/);
    const tier = plain(search['tier'], /^[a-z][a-z0-9_-]*:[a-z][a-z0-9_-]*$/);
    return { ...(status.length > 0 && { status }), ...(segment && { segment }), ...(tier && { tier }) };
  },
  component: lazyRouteComponent(() => import('./list'), 'MembersPage'),
});

const oneRoute = createRoute({
  getParentRoute: () => programRoute,
  path: '/members/$member',
  validateSearch: (search: Record<string, unknown>): { tab?: MemberTab } => {
    const tab = TABS.find((each) => each === search['tab']);
    return tab === undefined || tab === 'overview' ? {} : { tab };
  },
  component: lazyRouteComponent(() => import('./member'), 'MemberPage'),
});

export const membersRoutes = [listRoute, oneRoute] as const;

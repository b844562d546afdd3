import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { programRoute } from '@shared/routes';

export const VIEWS = ['catalogue', 'redemptions', 'deliveries', 'vouchers', 'cards'] as const;
export type View = (typeof VIEWS)[number];
export const STATES = ['held', 'committed', 'cancelled', 'lapsed', 'voided'] as const;

export interface RewardsSearch {
  view?: View;
  edit?: string;
  reward?: string;
  state?: (typeof STATES)[number];
  /** A voucher or card that is looked at. */
  code?: string;
  batch?: string;
  /** A reward whose waiting list is open. */
  waiting?: string;
}

const text = (search: Record<string, unknown>, name: string) => (typeof search[name] === 'string' && search[name] !== '' ? { [name]: search[name] } : {});

const rewardsPage = createRoute({
  getParentRoute: () => programRoute,
  path: '/rewards',
  validateSearch: (search: Record<string, unknown>): RewardsSearch => ({
    ...(VIEWS.includes(search['view'] as View) ? { view: search['view'] as View } : {}),
    ...(STATES.includes(search['state'] as (typeof STATES)[number]) ? { state: search['state'] as (typeof STATES)[number] } : {}),
    ...text(search, 'edit'),
    ...text(search, 'reward'),
    ...text(search, 'code'),
    ...text(search, 'batch'),
    ...text(search, 'waiting'),
  }),
  component: lazyRouteComponent(() => import('./page'), 'RewardsPage'),
});

export const rewardsRoutes = [rewardsPage] as const;

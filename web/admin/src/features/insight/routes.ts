import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { validPeriod, type PeriodFilter } from '@shared/period';
import { programRoute } from '@shared/routes';

export const TABS = ['growth', 'engagement', 'rewards', 'tiers', 'cohorts', 'liability', 'incentives', 'budgets', 'silence', 'benchmarks', 'reports'] as const;
export type Tab = (typeof TABS)[number];

export interface InsightFilter extends PeriodFilter {
  tab?: Tab;
  every?: 'day' | 'week' | 'month';
}

const insightRoute = createRoute({
  getParentRoute: () => programRoute,
  path: '/insight',
  validateSearch: (search: Record<string, unknown>): InsightFilter => {
    const tab = TABS.find((each) => each === search['tab']);
    const every = (['day', 'week', 'month'] as const).find((each) => each === search['every']);
    return { ...validPeriod(search), ...(tab === undefined || tab === 'growth' ? {} : { tab }), ...(every === undefined ? {} : { every }) };
  },
  component: lazyRouteComponent(() => import('./page'), 'InsightPage'),
});

export const insightRoutes = [insightRoute] as const;

import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { programRoute } from '@shared/routes';

export interface CampaignsSearch {
  view?: 'list';
  /** First month shown, as 2026-03. */
  month?: string;
  campaign?: string;
  edit?: string;
}

const text = (search: Record<string, unknown>, name: string) => (typeof search[name] === 'string' && search[name] !== '' ? { [name]: search[name] } : {});

const campaignsPage = createRoute({
  getParentRoute: () => programRoute,
  path: '/campaigns',
  validateSearch: (search: Record<string, unknown>): CampaignsSearch => ({
    ...(search['view'] === 'list' ? { view: 'list' as const } : {}),
    ...(/^\d{4}-\d{2}$/.test(String(search['month'])) ? { month: String(search['month']) } : {}),
    ...text(search, 'campaign'),
    ...text(search, 'edit'),
  }),
  component: lazyRouteComponent(() => import('./page'), 'CampaignsPage'),
});

export const campaignsRoutes = [campaignsPage] as const;

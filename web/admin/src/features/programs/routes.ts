import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { programRoute } from '@shared/routes';

export const VIEWS = ['rules', 'settings', 'try', 'publish', 'history', 'yaml'] as const;
export type View = (typeof VIEWS)[number];

export interface ProgramSearch {
  view?: View;
  /** The part whose form is open. */
  edit?: string;
  /** A revision that is looked at. */
  revision?: number;
  /** The simulation that is looked at; else the newest of the draft as it is. */
  simulation?: string;
}

const programPage = createRoute({
  getParentRoute: () => programRoute,
  path: '/program',
  validateSearch: (search: Record<string, unknown>): ProgramSearch => ({
    ...(VIEWS.includes(search['view'] as View) ? { view: search['view'] as View } : {}),
    ...(typeof search['edit'] === 'string' ? { edit: search['edit'] } : {}),
    ...(typeof search['revision'] === 'number' ? { revision: search['revision'] } : {}),
    ...(typeof search['simulation'] === 'string' ? { simulation: search['simulation'] } : {}),
  }),
  component: lazyRouteComponent(() => import('./page'), 'ProgramPage'),
});

export const programsRoutes = [programPage] as const;

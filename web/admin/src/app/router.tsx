// The tree of pages. Frames are given to the stems here; pages are loaded when they are opened.
import { createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { accessRoutes, accountRoutes } from '../features/access/routes';
import { launchRoutes, setupRoutes, startRoutes } from '../features/start/routes';
import { homeRoutes } from '../features/home/routes';
import { insightRoutes } from '../features/insight/routes';
import { membersRoutes } from '../features/members/routes';
import { campaignsRoutes } from '../features/campaigns/routes';
import { programsRoutes } from '../features/programs/routes';
import { segmentsRoutes } from '../features/segments/routes';
import { rewardsRoutes } from '../features/rewards/routes';
import { settingsRoutes } from '../features/settings/routes';
import { tillRoutes } from '../features/till/routes';
import { takeNext } from '@shared/next';
import { plainRoute, programRoute, rootRoute, signedInRoute } from '@shared/routes';
import { Broken, Lost, Root, SignedIn } from './frames';

rootRoute.update({ component: Root, notFoundComponent: Lost });
signedInRoute.update({ component: SignedIn });
plainRoute.update({ component: lazyRouteComponent(() => import('./plain-frame'), 'PlainFrame') });
programRoute.update({ component: lazyRouteComponent(() => import('./program-frame'), 'ProgramFrame') });

const frontRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  // Whoever comes back from her company's sign-in goes where she wanted to go.
  beforeLoad: ({ preload }) => {
    const next = preload ? undefined : takeNext();
    if (next !== undefined) {
      throw redirect({ to: next, replace: true });
    }
  },
  component: lazyRouteComponent(() => import('./front'), 'Front'),
});

const tree = rootRoute.addChildren([
  ...accessRoutes,
  ...setupRoutes,
  signedInRoute.addChildren([frontRoute, plainRoute.addChildren([...accountRoutes, ...startRoutes]), programRoute.addChildren([...homeRoutes, ...launchRoutes, ...insightRoutes, ...membersRoutes, ...programsRoutes, ...campaignsRoutes, ...rewardsRoutes, ...segmentsRoutes, ...settingsRoutes, ...tillRoutes])]),
]);

export const router = createRouter({
  routeTree: tree,
  basepath: '/admin',
  defaultPreload: 'intent',
  defaultErrorComponent: Broken,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

// The tree of pages. Frames are given to the stems here; pages are loaded when they are opened.
import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { accessRoutes } from '../features/access/routes';
import { membersRoutes } from '../features/members/routes';
import { programRoute, rootRoute, signedInRoute } from '@shared/routes';
import { Lost, ProgramFrame, Root, SignedIn } from './frames';

rootRoute.update({ component: Root, notFoundComponent: Lost });
signedInRoute.update({ component: SignedIn });
programRoute.update({ component: ProgramFrame });

const frontRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./front'), 'Front'),
});

const tree = rootRoute.addChildren([
  ...accessRoutes,
  signedInRoute.addChildren([frontRoute, programRoute.addChildren([...membersRoutes])]),
]);

export const router = createRouter({
  routeTree: tree,
  basepath: '/admin',
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

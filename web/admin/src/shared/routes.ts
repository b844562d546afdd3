// The stems of the route tree: features hang their pages on these, the app gives them their frames.
import { createRootRoute, createRoute, Outlet } from '@tanstack/react-router';
import { queries } from './queries';
import { ME } from './session';

export const rootRoute = createRootRoute({ component: Outlet });

/** Everything below asks for somebody signed in. Who it is, is asked beside the code of the page, not after it. */
export const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signed-in',
  component: Outlet,
  loader: () => void queries.prefetchQuery(ME),
  staleTime: Infinity,
});

/** Pages of no program: one's account, a new program. */
export const plainRoute = createRoute({ getParentRoute: () => signedInRoute, id: 'plain', component: Outlet });

/** Everything about one program; `$program` is its slug. */
export const programRoute = createRoute({ getParentRoute: () => signedInRoute, path: '/p/$program', component: Outlet });

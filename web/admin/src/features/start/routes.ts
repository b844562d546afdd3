import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { Schemas } from '@api';
import { plainRoute, programRoute, rootRoute } from '@shared/routes';

type Kind = Schemas['TemplateOut']['kinds'][number];
const KINDS: readonly Kind[] = ['points', 'stamps', 'tiers', 'cashback', 'business'];

export interface Chosen {
  /** The template that is looked at. */
  template?: string;
  /** Only templates of this kind. */
  kind?: Kind;
}

const chosen = ({ template, kind }: Record<string, unknown>): Chosen => ({
  ...(typeof template === 'string' ? { template } : {}),
  ...(KINDS.includes(kind as Kind) ? { kind: kind as Kind } : {}),
});

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  component: lazyRouteComponent(() => import('./setup'), 'SetupPage'),
});

const startRoute = createRoute({
  getParentRoute: () => plainRoute,
  path: '/start',
  validateSearch: chosen,
  component: lazyRouteComponent(() => import('./start'), 'StartPage'),
});

const launchRoute = createRoute({
  getParentRoute: () => programRoute,
  path: '/launch',
  component: lazyRouteComponent(() => import('./launch'), 'LaunchPage'),
});

const connectRoute = createRoute({
  getParentRoute: () => programRoute,
  path: '/connect',
  component: lazyRouteComponent(() => import('./connect'), 'ConnectPage'),
});

/** For whoever nobody knows yet. */
export const setupRoutes = [setupRoute] as const;
/** A new program. */
export const startRoutes = [startRoute] as const;
/** The first steps of a program. */
export const launchRoutes = [launchRoute, connectRoute] as const;

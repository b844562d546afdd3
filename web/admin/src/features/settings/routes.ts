import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { programRoute } from '@shared/routes';

const settingsRoute = createRoute({
  getParentRoute: () => programRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./frame'), 'SettingsFrame'),
});

const firstRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./frame'), 'FirstSubject'),
});

const peopleRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/people',
  component: lazyRouteComponent(() => import('./people'), 'PeoplePage'),
});

const rolesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/roles',
  component: lazyRouteComponent(() => import('./roles'), 'RolesPage'),
});

const ssoRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/sso',
  component: lazyRouteComponent(() => import('./sso'), 'SsoPage'),
});

const storesRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/stores',
  component: lazyRouteComponent(() => import('./stores'), 'StoresPage'),
});

const keysRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/keys',
  component: lazyRouteComponent(() => import('./keys'), 'KeysPage'),
});

const STATES = ['waiting', 'approved', 'declined', 'expired'] as const;

const approvalsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/approvals',
  validateSearch: (search: Record<string, unknown>): { state?: (typeof STATES)[number] } => {
    const state = STATES.find((each) => each === search['state']);
    return state === undefined ? {} : { state };
  },
  component: lazyRouteComponent(() => import('./approvals'), 'ApprovalsPage'),
});

const webhooksRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('./webhooks'), 'WebhooksPage'),
});

const DELIVERY_STATES = ['waiting', 'delivered', 'parked'] as const;

const endpointRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/webhooks/$endpoint',
  validateSearch: (search: Record<string, unknown>): { state?: (typeof DELIVERY_STATES)[number] | undefined; kind?: string | undefined } => {
    const state = DELIVERY_STATES.find((each) => each === search['state']);
    return { ...(state === undefined ? {} : { state }), ...(typeof search['kind'] === 'string' && search['kind'] !== '' ? { kind: search['kind'] } : {}) };
  },
  component: lazyRouteComponent(() => import('./endpoint'), 'EndpointPage'),
});

const importsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/imports',
  component: lazyRouteComponent(() => import('./imports'), 'ImportsPage'),
});

const exportsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/exports',
  component: lazyRouteComponent(() => import('./exports'), 'ExportsPage'),
});

const jobsRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/jobs',
  validateSearch: (search: Record<string, unknown>): { active?: true } => (search['active'] === true ? { active: true } : {}),
  component: lazyRouteComponent(() => import('./jobs'), 'JobsPage'),
});

function isDay(value: unknown): value is string {
  return typeof value === 'string' && /^20\d{2}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
}

const auditRoute = createRoute({
  getParentRoute: () => settingsRoute,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>): { whole?: true; action?: string; who?: string; from?: string; through?: string } => ({
    ...(search['whole'] === true ? { whole: true as const } : {}),
    ...(typeof search['action'] === 'string' && search['action'] !== '' ? { action: search['action'] } : {}),
    ...(typeof search['who'] === 'string' && search['who'] !== '' ? { who: search['who'] } : {}),
    ...(isDay(search['from']) ? { from: search['from'] } : {}),
    ...(isDay(search['through']) ? { through: search['through'] } : {}),
  }),
  component: lazyRouteComponent(() => import('./audit'), 'AuditPage'),
});

export const settingsRoutes = [
  settingsRoute.addChildren([
    firstRoute, peopleRoute, rolesRoute, ssoRoute, storesRoute, keysRoute, approvalsRoute, webhooksRoute, endpointRoute, importsRoute, exportsRoute, jobsRoute, auditRoute,
  ]),
] as const;

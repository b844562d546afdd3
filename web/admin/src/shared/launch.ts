// What is left until a program can be announced, from what is really there.
import { api } from '@api';
import { useParams } from '@tanstack/react-router';
import { textIn } from './names';
import { useMay, useMe } from './session';
import { useLanguage } from './words';

export const STEPS = ['published', 'named', 'rewards', 'key', 'member', 'order', 'staff', 'factor'] as const;
export type Step = (typeof STEPS)[number];

export interface Launch {
  /** Undefined while it is not known yet. */
  steps: { step: Step; done: boolean }[] | undefined;
  done: number;
}

/** The steps that the signed-in person can see, with whether each is done. */
export function useLaunch(): Launch {
  const { program = '' } = useParams({ strict: false });
  const me = useMe();
  const may = useMay();
  const language = useLanguage();
  const card = me.data?.programs.find((each) => each.slug === program);
  const path = { path: { program } };
  const one = { staleTime: 10_000 };
  const draft = api.useQuery('get', '/v1/programs/{program}/program', { params: path }, { staleTime: 60_000, enabled: may('program:read') });
  const templates = api.useQuery('get', '/v1/templates', {}, { staleTime: Infinity });
  const keys = api.useQuery('get', '/v1/organization/keys', {}, { ...one, enabled: may('keys:read') });
  const members = api.useQuery('get', '/v1/programs/{program}/members', { params: { ...path, query: { limit: 1 } } }, { ...one, enabled: may('members:read') });
  const orders = api.useQuery(
    'get',
    '/v1/programs/{program}/reports/kpis/orders',
    { params: { ...path, query: { from: '2000-01-01', limit: 1 } } },
    { ...one, enabled: may('reports:read') },
  );
  const staff = api.useQuery('get', '/v1/organization/staff', {}, { ...one, enabled: may('staff:read') });
  const document = draft.data?.document;
  const ready: Record<Step, boolean | undefined> = {
    published: card === undefined ? undefined : card.revision > 0,
    named: document === undefined || templates.data === undefined ? undefined : !templates.data.some((each) => each.name === textIn(document['name'], language)),
    rewards: document === undefined ? undefined : Array.isArray(document['rewards']) && document['rewards'].length > 0,
    key: keys.data?.items.some((each) => each.last_used_at !== null && (each.program_id === null || each.program_id === card?.id)),
    member: members.data === undefined ? undefined : members.data.items.length > 0,
    order: orders.data === undefined ? undefined : orders.data.items.length > 0,
    staff: staff.data === undefined ? undefined : staff.data.items.filter((each) => each.disabled_at === null).length > 1,
    factor: me.data === undefined ? undefined : me.data.second_factor.since !== null,
  };
  const asked: Record<Step, boolean> = {
    published: true,
    named: may('program:read'),
    rewards: may('program:read'),
    key: may('keys:read'),
    member: may('members:read'),
    order: may('reports:read'),
    staff: may('staff:read'),
    factor: true,
  };
  const seen = STEPS.filter((step) => asked[step]);
  const known = seen.every((step) => ready[step] !== undefined) || [draft, keys, members, orders, staff].some((each) => each.isError);
  const steps = known ? seen.filter((step) => ready[step] !== undefined).map((step) => ({ step, done: ready[step] === true })) : undefined;
  return { steps, done: steps?.filter((each) => each.done).length ?? 0 };
}

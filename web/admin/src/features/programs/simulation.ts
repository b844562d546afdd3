// The simulation that is looked at: the one the address names, else the newest of the draft as it is now.
import { api, type Schemas } from '@api';
import type { Draft } from '@shared/draft/state';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';

const LIST = '/v1/programs/{program}/program/simulations';
const ONE = '/v1/programs/{program}/program/simulations/{simulation_id}';
const LOOKED_AT = 20;
const WHILE_RUNNING = 700;

export type Simulated = Schemas['SimulationWithResultOut'];

/** Whether it is still being worked on. */
export function isWorking(state: Simulated['state']): boolean {
  return state === 'waiting' || state === 'running';
}

export function useSimulation(program: string, draft: Draft, digest: string | null | undefined) {
  const queries = useQueryClient();
  const { simulation: asked } = useSearch({ from: '/signed-in/p/$program/program' });
  const navigate = useNavigate({ from: '/p/$program/program' });
  const list = api.useQuery('get', LIST, { params: { path: { program }, query: { limit: LOOKED_AT } } }, { enabled: asked === undefined });
  const newest = (list.data?.items ?? []).find((each) => each.digest === digest && (isWorking(each.state) || each.state === 'done'));
  const id = asked ?? newest?.id;
  const watched = api.useQuery(
    'get',
    ONE,
    { params: { path: { program, simulation_id: id ?? '' } } },
    { enabled: id !== undefined, refetchInterval: (query) => (query.state.data === undefined ? false : isWorking(query.state.data.state) ? WHILE_RUNNING : false) },
  );
  const start = api.useMutation('post', '/v1/programs/{program}/program/simulate', {
    onSuccess: (made) => {
      void navigate({ search: (now) => ({ ...now, view: 'publish', simulation: made.id }), replace: true });
      void queries.invalidateQueries({ queryKey: ['get', LIST] });
    },
  });
  const cancel = api.useMutation('post', '/v1/programs/{program}/program/simulations/{simulation_id}/cancel', { onSuccess: () => void watched.refetch() });
  const shown = id === undefined ? undefined : watched.data;
  return {
    shown,
    error: id === undefined ? null : watched.error,
    again: () => void watched.refetch(),
    /** It is about the draft as it is now, so its numbers are what publishing would lead to. */
    isOfDraft: shown !== undefined && shown.digest === digest,
    isBusy: start.isPending || (shown !== undefined && isWorking(shown.state)),
    failure: start.error,
    begin: (days: number, moveDates = false) =>
      start.mutate({ params: { path: { program } }, body: { days, document: draft.document as unknown as Record<string, never>, note: '', move_dates: moveDates } }),
    stop: () => {
      if (id !== undefined) {
        cancel.mutate({ params: { path: { program, simulation_id: id } } });
      }
    },
  };
}

export type Simulation = ReturnType<typeof useSimulation>;

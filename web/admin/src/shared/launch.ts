// What is left until a program can be announced, as the server finds it.
import { api, type Schemas } from '@api';
import { useParams } from '@tanstack/react-router';

export type LaunchStep = Schemas['StepOut'];
export type Step = LaunchStep['id'];

export interface Launch {
  /** Undefined while it is not known yet. */
  steps: readonly LaunchStep[] | undefined;
  done: number;
  /** The local day on which it is announced, where somebody named one. */
  launchOn: string | null;
}

/** The steps that the signed-in person may know of. */
export function useLaunch(): Launch {
  const { program = '' } = useParams({ strict: false });
  const { data } = api.useQuery('get', '/v1/programs/{program}/launch', { params: { path: { program } } }, { staleTime: 10_000 });
  return { steps: data?.steps, done: data?.steps.filter((each) => each.done).length ?? 0, launchOn: data?.launch_on ?? null };
}

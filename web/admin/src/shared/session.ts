// Who is signed in, and what she may do.
import { api, type Schemas } from '@api';

export type Permission = Schemas['MeOut']['permissions'][number];

/** The one question that tells whether somebody is signed in. */
export function useMe() {
  return api.useQuery('get', '/v1/auth/me', {}, { staleTime: 60_000, retry: false });
}

/** Whether the signed-in person may do something. The server asks again; this only hides what would be refused. */
export function useMay(): (permission: Permission) => boolean {
  const me = useMe();
  const held = new Set<Permission>(me.data?.permissions ?? []);
  return (permission) => held.has(permission);
}

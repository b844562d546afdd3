// Who is signed in, and what she may do.
import { api, type Schemas } from '@api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';

export type Permission = Schemas['MeOut']['permissions'][number];

/** The one question that tells whether somebody is signed in. */
export const ME = { ...api.queryOptions('get', '/v1/auth/me', {}), staleTime: 60_000, retry: false };

export function useMe() {
  return useQuery(ME);
}

/** Whether the signed-in person may do something. The server asks again; this only hides what would be refused. */
export function useMay(): (permission: Permission) => boolean {
  const me = useMe();
  const held = new Set<Permission>(me.data?.permissions ?? []);
  return (permission) => held.has(permission);
}

export type ProgramCard = Schemas['ProgramName'];

/** The program whose pages are open (or another, by slug): its name, currency, zone, languages and clock. */
export function useProgram(slug?: string): ProgramCard | undefined {
  const me = useMe();
  const { program } = useParams({ strict: false });
  return me.data?.programs.find((each) => each.slug === (slug ?? program));
}

/** Milliseconds by a program's clock, which the server has: a demo's is years behind the browser's. */
export function useNow(slug?: string): number {
  const me = useMe();
  const card = useProgram(slug);
  return card === undefined ? Date.now() : new Date(card.now).getTime() + Date.now() - me.dataUpdatedAt;
}

type Mine = Pick<Schemas['ChangeMe'], 'name' | 'locale' | 'theme'>;

/** Changes one's own name, language or theme; everything the server words is asked for anew. */
export function useChangeMe() {
  const queries = useQueryClient();
  const me = useMe();
  const change = api.useMutation('patch', '/v1/auth/me', { onSuccess: () => void queries.invalidateQueries() });
  return {
    change: (mine: Partial<Mine>, onSuccess?: () => void) => {
      if (me.data !== undefined) {
        const { name, locale, theme } = me.data.staff;
        change.mutate({ body: { name, locale: locale === 'es' ? 'es' : 'en', theme, ...mine } }, onSuccess === undefined ? {} : { onSuccess });
      }
    },
    error: change.error,
    isPending: change.isPending,
  };
}

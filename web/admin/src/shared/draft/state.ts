// Reading, checking and saving the draft. The server's draft is the only one: every form saves into it.
import { api, http, type Schemas } from '@api';
import { told as problemOf } from '@shared/problem';
import { useLanguage } from '@shared/words';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { merge, type Merged } from './merge';
import type { Document } from './document';

export type Sentence = Schemas['SentenceOut'];
export type Told = Schemas['ToldOut'];

export interface Draft {
  document: Document;
  version: number;
  savedAt: string | null;
  savedBy: string | null;
  savedByName: string | null;
  /** It says something else than what is published. */
  changed: boolean;
}

/** What is being edited: the saved draft, else what is published. */
export function useDraft(program: string) {
  return api.useQuery('get', '/v1/programs/{program}/program', { params: { path: { program } } }, { select: draftOf, staleTime: 5_000 });
}

function draftOf(read: Schemas['DraftOut']): Draft {
  return {
    document: read.document as unknown as Document,
    version: read.version,
    savedAt: read.saved_at,
    savedBy: read.saved_by,
    savedByName: read.saved_by_name,
    changed: read.changed,
  };
}

/** A document in sentences with everything that is wrong with it; while it changes, what was last known stays. */
export function useTold(program: string, document: Document | undefined) {
  const language = useLanguage();
  return useQuery({
    queryKey: ['told', program, language, document],
    enabled: document !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
    queryFn: async ({ signal }) => {
      const answer = await http.POST('/v1/programs/{program}/program/sentences', {
        params: { path: { program } },
        body: document as unknown as Record<string, never>,
        signal,
      });
      if (answer.error !== undefined) {
        throw answer.error;
      }
      return answer.data;
    },
  });
}

/** What publishing a document would change, in words and as YAML. Null while nothing is published yet. */
export function useDifference(program: string, document: Document | undefined) {
  const language = useLanguage();
  return useQuery({
    queryKey: ['difference', program, language, document],
    enabled: document !== undefined,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: async ({ signal }) => {
      const answer = await http.POST('/v1/programs/{program}/program/diff', {
        params: { path: { program } },
        body: document as unknown as Record<string, never>,
        signal,
      });
      if (answer.error !== undefined) {
        if (problemOf(answer.error).code === 'programs.not_published') {
          return null;
        }
        throw answer.error;
      }
      return answer.data;
    },
  });
}

/** Somebody saved in between: what she made of it, and what comes of both. */
export class SavedInBetween extends Error {
  constructor(
    readonly base: Document,
    readonly mine: Document,
    readonly theirs: Draft,
    readonly both: Merged,
  ) {
    super('the draft was saved in between');
  }
}

interface Save {
  /** What the change began with. */
  base: Draft;
  document: Document;
}

/** Saves a document as the draft; fails with `SavedInBetween` where somebody else did since it was read. */
export function useSaveDraft(program: string) {
  const queries = useQueryClient();
  return useMutation<Schemas['SavedOut'], unknown, Save>({
    mutationFn: async ({ base, document }) => {
      const answer = await http.PUT('/v1/programs/{program}/program', {
        params: { path: { program }, header: { 'if-match': `"${base.version}"` } },
        body: document as unknown as Record<string, never>,
      });
      if (answer.error === undefined) {
        return answer.data;
      }
      if (problemOf(answer.error).code !== 'programs.draft_changed') {
        throw answer.error;
      }
      const theirs = await readDraft(program);
      throw new SavedInBetween(base.document, document, theirs, merge(base.document, document, theirs.document));
    },
    onSettled: () => refreshDraft(queries),
  });
}

async function readDraft(program: string): Promise<Draft> {
  const answer = await http.GET('/v1/programs/{program}/program', { params: { path: { program } } });
  if (answer.error !== undefined) {
    throw answer.error;
  }
  return draftOf(answer.data);
}

/** Lets everything that shows the draft, or what is published, read it anew. */
export function refreshDraft(queries: ReturnType<typeof useQueryClient>): void {
  void queries.invalidateQueries({
    predicate: ({ queryKey }) => queryKey[0] === 'difference' || (typeof queryKey[1] === 'string' && queryKey[1].startsWith('/v1/programs/{program}/program')),
  });
}

// The things that wait on this device: keeping them, and sending them as soon as somebody answers.
import { http } from '@api';
import { told } from '@shared/problem';
import { useMe } from '@shared/session';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { allKept, drop, keep, type Kept, type Offline } from './queue';
import type { Action } from './till';

const KEY = ['till', 'kept'];
/** How many are sent at once; the server takes them one after the other. */
const PORTION = 50;
const AGAIN_MS = 10_000;

export interface Keeping {
  /** Hers, of this program, in the order in which they were done. */
  mine: Kept[];
  /** Who else did something here that was not sent yet. */
  others: string[];
  isSending: boolean;
  failure: unknown;
  keep: (words: Offline, who: string, what?: string) => Promise<void>;
  drop: (one: Kept) => Promise<void>;
  /** Sends it once more, although it was not taken in before. */
  again: (one: Kept) => Promise<void>;
}

/** Keeps what is done without a connection; `onTaken` hears what the server took in. */
export function useKept(program: string, online: boolean, onTaken: (actions: Action[]) => void): Keeping {
  const queries = useQueryClient();
  const me = useMe().data;
  const staff = me?.staff.id ?? '';
  const heard = useRef(onTaken);
  heard.current = onTaken;
  // The device itself is asked: there is an answer without a connection.
  const all = useQuery({ queryKey: KEY, queryFn: allKept, networkMode: 'always', staleTime: Infinity, refetchOnWindowFocus: 'always' });
  const here = (all.data ?? []).filter((each) => each.program === program);
  const store = me?.store?.id ?? '';
  const isMine = (each: Kept): boolean => each.program === program && each.staff === staff && each.store === store;
  const mine = here.filter(isMine);
  const waiting = mine.filter((each) => each.problem === null).length;
  const refresh = () => queries.invalidateQueries({ queryKey: KEY });
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      // Read anew: another window may have sent some of it.
      const left = (await allKept()).filter((each) => isMine(each) && each.problem === null);
      for (let start = 0; start < left.length; start += PORTION) {
        heard.current(await sent(program, left.slice(start, start + PORTION)));
      }
    },
    onSettled: refresh,
  });
  useEffect(() => {
    if (!online || waiting === 0) {
      return undefined;
    }
    mutate();
    const timer = setInterval(() => mutate(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [online, waiting, mutate]);
  return {
    mine,
    others: [...new Set(here.filter((each) => !isMine(each)).map((each) => each.staffName))],
    isSending: isPending,
    failure: all.error ?? error,
    keep: async (words, who, what) => {
      await keep({ id: words.id, program, staff, staffName: me?.staff.name ?? '', store, words, who, what: what ?? null, problem: null });
      await refresh();
    },
    drop: async (one) => {
      await drop(one.id);
      await refresh();
    },
    again: async (one) => {
      await keep({ ...one, problem: null });
      await refresh();
    },
  };
}

/** Sends some of it and forgets here what was taken in; returns that. */
async function sent(program: string, some: Kept[]): Promise<Action[]> {
  const answer = await http.POST('/v1/programs/{program}/till/batch', { params: { path: { program } }, body: { items: some.map((each) => each.words) } });
  if (answer.error !== undefined) {
    throw answer.error;
  }
  const taken: Action[] = [];
  for (const [index, one] of some.entries()) {
    const said = answer.data.items[index];
    if (said?.state === 'taken') {
      await drop(one.id);
      if (said.action !== null) {
        taken.push(said.action);
      }
    } else if (said?.state === 'conflict') {
      await keep({ ...one, problem: told(said.problem).title ?? '' });
    }
  }
  return taken;
}

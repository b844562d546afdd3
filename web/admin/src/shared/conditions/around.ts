// What every part of one builder knows of the whole.
import { createContext, useContext } from 'react';
import type { Catalogue } from './fields';
import type { Place } from './model';

export interface Around {
  catalogue: Catalogue;
  of: Place;
  /** What is wrong with a question, by its id. */
  faults: Map<string, string>;
  /** Ids of questions without a value. */
  missing: Set<string>;
  /** Ids of questions somebody has worked at, and then at another: only those are told that they miss something. */
  touched: Set<string>;
  /** Says that somebody left a question. */
  leave: (id: string) => void;
  always: string | undefined;
}

export const AroundContext = createContext<Around | null>(null);

export function useAround(): Around {
  const around = useContext(AroundContext);
  if (around === null) {
    throw new Error('outside a builder');
  }
  return around;
}

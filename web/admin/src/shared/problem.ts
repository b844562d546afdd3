// What went wrong, in a sentence a person can act on. The server's problems speak her language already.
import type { Problem } from '@api';
import { useSyncExternalStore } from 'react';

export interface Fault {
  path: string;
  /** Stable, where the server names it. */
  code?: string;
  reason: string;
  suggestion?: string | null;
}

export interface Told {
  /** The stable code, or undefined when the server did not answer. */
  code: string | undefined;
  title: string | undefined;
  faults: Fault[];
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'type' in value && 'title' in value;
}

/** Take apart whatever a query or mutation failed with. */
export function told(failure: unknown): Told {
  if (isProblem(failure)) {
    return { code: failure.type, title: failure.title, faults: failure.errors ?? [] };
  }
  return { code: undefined, title: undefined, faults: [] };
}

/** What the server says to whoever comes without a session: of people, that theirs is over. */
const ENDED = new Set(['access.credentials_missing', 'access.session_missing', 'access.session_ended']);

export function isEndedSession(failure: unknown): boolean {
  return isProblem(failure) && ENDED.has(failure.type);
}

let renewals = 0;
const hearers = new Set<() => void>();

/** Says that somebody signed in again: what failed for want of a session is no news any more. */
export function renewSession(): void {
  renewals += 1;
  hearers.forEach((hear) => hear());
}

/** How often a session was renewed on this page. */
export function useRenewals(): number {
  return useSyncExternalStore(
    (hear) => {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    () => renewals,
  );
}

/** Whether the failure was that nobody answered. */
export function isSilence(failure: unknown): boolean {
  return failure instanceof TypeError || (failure instanceof DOMException && failure.name !== 'SyntaxError');
}

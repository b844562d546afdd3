// What went wrong, in a sentence a person can act on. The server's problems speak her language already.
import type { Problem } from '@api';

export interface Fault {
  path: string;
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

/** Whether the failure was that nobody answered. */
export function isSilence(failure: unknown): boolean {
  return failure instanceof TypeError || (failure instanceof DOMException && failure.name !== 'SyntaxError');
}

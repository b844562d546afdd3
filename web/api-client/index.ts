// The only place that talks to the server. Types come from docs/openapi.json.
import createFetchClient, { type Middleware } from 'openapi-fetch';
import createQueryClient from 'openapi-react-query';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type Paths = paths;
export type Problem = Schemas['Problem'];

/** Longest we wait for an answer, in milliseconds; for that of a file, which is read line by line, longer. */
const PATIENCE = 30_000;
const PATIENCE_WITH_FILES = 900_000;
const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);
/** Posts that only ask write nothing, so asking again does no harm. */
const ASKS = /\/(check|diff|evaluate|lookup|preview|read|search|sentences|try)(\?|$)/;

let language = 'en';
let whenSignedOut: () => void = () => undefined;

/** Says in which language the server's sentences are wanted. */
export function speak(chosen: string): void {
  language = chosen;
}

/** Says what to do when the session has ended. */
export function onSignedOut(act: () => void): void {
  whenSignedOut = act;
}

/** A name for one intended write: 128 random bits. Works without a secure context, unlike `crypto.randomUUID`. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/*
 * A write that was sent but never answered keeps its key, so that sending the same words again (the person presses
 * "retry" after a timeout) is the same write to the server. An answer of any kind ends it.
 */
const unanswered = new Map<string, string>();
const wordsOf = new WeakMap<Request, string>();

const writesOnce: Middleware = {
  async onRequest({ request }) {
    request.headers.set('Accept-Language', language);
    if (!WRITES.has(request.method) || ASKS.test(request.url) || request.headers.has('Idempotency-Key')) {
      return request;
    }
    const isJson = request.headers.get('Content-Type')?.includes('json') ?? true;
    const words = `${request.method} ${request.url} ${isJson ? await request.clone().text() : newKey()}`;
    const key = unanswered.get(words) ?? newKey();
    unanswered.set(words, key);
    request.headers.set('Idempotency-Key', key);
    wordsOf.set(request, words);
    return request;
  },
  onResponse({ request, response }) {
    const words = wordsOf.get(request);
    if (words !== undefined && response.status < 500) {
      unanswered.delete(words);
    }
    if (response.status === 401 && !request.url.includes('/v1/auth/')) {
      whenSignedOut();
    }
    return undefined;
  },
};

async function patientFetch(request: Request): Promise<Response> {
  const isFile = /jsonl|csv|multipart/.test(request.headers.get('Content-Type') ?? '');
  const patience = new AbortController();
  // A timer of the page, not `AbortSignal.timeout`: a test can let it pass. It goes on while the body is read.
  setTimeout(() => patience.abort(new DOMException('no answer', 'TimeoutError')), isFile ? PATIENCE_WITH_FILES : PATIENCE);
  return fetch(request, { signal: AbortSignal.any([request.signal, patience.signal]) });
}

/** Reports are files too where they are asked for; what screens ask for is JSON, and so are problems. */
type Json = `application/${string}json`;

export const http = createFetchClient<paths, Json>({ baseUrl: '/', credentials: 'same-origin', fetch: patientFetch });
http.use(writesOnce);

export const api = createQueryClient(http);

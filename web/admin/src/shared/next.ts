// Where somebody wanted to go before she left this app to sign in by her company. The tab keeps it until she is back.
const KEY = 'puntal.next';

export function keepNext(next: string | undefined): void {
  if (next === undefined) {
    sessionStorage.removeItem(KEY);
  } else {
    sessionStorage.setItem(KEY, next);
  }
}

/** An address of this app, once. */
export function takeNext(): string | undefined {
  const next = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  return next?.startsWith('/') === true && !next.startsWith('//') ? next : undefined;
}

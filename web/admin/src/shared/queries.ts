// What the server answered, kept for as long as it may be shown.
import { QueryClient } from '@tanstack/react-query';

/*
 * Without a connection a question or write fails at once and says so. The library would hold it back and send it when
 * the connection returns: by then nobody may be looking.
 */
const networkMode = 'always';
export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 15_000, retry: 1, refetchOnWindowFocus: false, refetchOnReconnect: true, networkMode },
    mutations: { networkMode },
  },
});

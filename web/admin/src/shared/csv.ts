// Saving a list as a file: every page of it, as the server writes it.
import { http } from '@api';

/** Most rows in one file; who wants more asks for fewer days. */
const MOST = 200_000;
const PAGE = 5000;

type Address = '/v1/programs/{program}/reports/kpis/members';

/**
 * Fetches a report below a program's address as CSV, page after page, and hands it to the person as a file.
 * `told` hears how many rows there are so far.
 */
export async function saveCsv(program: string, path: string, file: string, told: (rows: number) => void): Promise<void> {
  const [address = '', search = ''] = path.split('?');
  const query = new URLSearchParams(search);
  const parts: string[] = [];
  let rows = 0;
  let cursor: string | null = null;
  do {
    const asked: Record<string, string> = Object.fromEntries(query);
    if (parts.length > 0 && cursor !== null) {
      asked['cursor'] = cursor;
    }
    // Every report is asked for in the same way; the address is the server's own.
    const answer = await http.GET(`/v1/programs/{program}/${address}` as Address, {
      params: { path: { program }, query: { ...asked, ...(isPaged(address) ? { limit: PAGE } : {}) } as never },
      headers: { Accept: 'text/csv' },
      parseAs: 'text',
    });
    if (answer.error !== undefined) {
      throw answer.error;
    }
    const text = String(answer.data);
    const body = parts.length === 0 ? text : text.slice(text.indexOf('\n') + 1);
    parts.push(body);
    rows += Math.max(text.trimEnd().split('\n').length - 1, 0);
    told(rows);
    cursor = nextOf(answer.response.headers.get('Link'));
  } while (cursor !== null && rows < MOST);
  const place = URL.createObjectURL(new Blob(parts, { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = place;
  link.download = `${file}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(place), 10_000);
}

/** Lists behind figures come in pages; reports themselves are one. */
function isPaged(address: string): boolean {
  return /\/(members|orders|transfers|holders|ending|redemptions|changes|cards|rows|uses)$/.test(address);
}

function nextOf(link: string | null): string | null {
  const found = /<([^>]+)>;\s*rel="?next"?/.exec(link ?? '');
  return found?.[1] === undefined ? null : new URL(found[1], window.location.href).searchParams.get('cursor');
}

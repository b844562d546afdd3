// What an order is called on a screen: where it is from, and a number short enough to read out.
import { api } from '@api';
import { useMay } from './session';
import { spelled } from './names';
import { words } from './words';

const useOrderWords = words('orders', { till: 'Till {{store}}, {{number}}' }, { till: 'Caja {{store}}, {{number}}' });

/** So many characters of a number are read; of a longer one the last. */
const READ = 14;
const SHORT = 6;
const TILL = 'till:';

/** System and number of an order's key, as `store:1001` or `till:centre:till-093f`. */
export function orderOf(key: string): { source: string; id: string } {
  const cut = key.indexOf(':', key.startsWith(TILL) ? TILL.length : 0);
  return { source: key.slice(0, Math.max(cut, 0)), id: key.slice(cut + 1) };
}

/** Names an order by its system and number. */
export function useOrderName(): (source: string, id: string) => string {
  const { t } = useOrderWords();
  const may = useMay();
  const stores = api.useQuery('get', '/v1/organization/stores', {}, { enabled: may('staff:read'), staleTime: 300_000, retry: false }).data;
  return (source, id) => {
    if (!source.startsWith(TILL)) {
      return id.length > READ ? `…${id.slice(-SHORT)}` : id;
    }
    const store = source.slice(TILL.length);
    const bare = id.replace(/^till-/, '');
    // A receipt's own number is told whole; one that the till drew by its end.
    const number = bare === id && id.length <= READ ? id : `…${bare.slice(-SHORT)}`;
    return t('till', { store: stores?.find((each) => each.id === store)?.name ?? spelled(store), number });
  };
}

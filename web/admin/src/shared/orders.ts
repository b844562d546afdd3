// What an order is called on a screen: where it is from, and a number short enough to read out.
import { api } from '@api';
import { useMay } from './session';
import { spelled } from './names';
import { words } from './words';

const useOrderWords = words(
  'orders',
  { till: 'Till {{store}}, {{number}}', sources: { sample: 'the sample order', shop: 'your shop', till: 'the till in {{store}}' } },
  { till: 'Caja {{store}}, {{number}}', sources: { sample: 'el pedido de prueba', shop: 'tu tienda', till: 'la caja de {{store}}' } },
);

/** So many characters of a number are read; of a longer one the last. */
const READ = 14;
const SHORT = 6;
const TILL = 'till:';

/** System and number of an order's key, as `store:1001` or `till:centre:till-093f`. */
export function orderOf(key: string): { source: string; id: string } {
  const cut = key.indexOf(':', key.startsWith(TILL) ? TILL.length : 0);
  return { source: key.slice(0, Math.max(cut, 0)), id: key.slice(cut + 1) };
}

/** Names an order by its system and number, a system, and a store. */
export function useOrderName() {
  const { t } = useOrderWords();
  const may = useMay();
  const stores = api.useQuery('get', '/v1/organization/stores', {}, { enabled: may('staff:read'), staleTime: 300_000, retry: false }).data;
  const store = (id: string): string => stores?.find((each) => each.id === id)?.name ?? spelled(id);
  return {
    store,
    source: (source: string): string =>
      source.startsWith(TILL) ? t('sources.till', { store: store(source.slice(TILL.length)) }) : source === 'sample' || source === 'shop' ? t(`sources.${source}`) : source,
    order: (source: string, id: string): string => {
      if (!source.startsWith(TILL)) {
        return id.length > READ ? `…\u2060${id.slice(-SHORT)}` : id;
      }
      const bare = id.replace(/^till-/, '');
      // A receipt's own number is told whole; one that the till drew by its end.
      const number = bare === id && id.length <= READ ? id : `…\u2060${bare.slice(-SHORT)}`;
      return t('till', { store: store(source.slice(TILL.length)), number });
    },
  };
}

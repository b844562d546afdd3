// How amounts are written at the till: cashiers may not read the program's document, so a lookup brings what it takes.
import type { Schemas } from '@api';
import { money } from '@shared/format';
import { useLanguage } from '@shared/words';
import { createContext, useContext } from 'react';

export const WalletsContext = createContext<Schemas['TillWalletOut'][]>([]);

export interface Amounts {
  bare: (wallet: string, units: number) => string;
  name: (wallet: string) => string;
  /** "740 points", "12.50 EUR". */
  full: (wallet: string, units: number) => string;
}

export function useTillAmounts(): Amounts {
  const language = useLanguage();
  const wallets = useContext(WalletsContext);
  const find = (id: string) => wallets.find((each) => each.wallet === id);
  const name = (id: string): string => find(id)?.name ?? id;
  const bare = (id: string, units: number): string => {
    const wallet = find(id);
    if (wallet?.currency) {
      return money(units, wallet.currency, language);
    }
    const scale = wallet?.scale ?? 0;
    const format = { minimumFractionDigits: scale, maximumFractionDigits: scale, useGrouping: 'always' } as Intl.NumberFormatOptions;
    return new Intl.NumberFormat(language, format).format(units / 10 ** scale);
  };
  const full = (id: string, units: number): string => {
    const wallet = find(id);
    const isOne = Math.abs(units) === 10 ** (wallet?.scale ?? 0);
    return wallet?.currency ? bare(id, units) : `${bare(id, units)} ${isOne ? (wallet?.one ?? id) : name(id)}`;
  };
  return { bare, name, full };
}

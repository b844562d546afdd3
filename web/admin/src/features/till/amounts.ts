// Balances at the till. Cashiers may not read the program's document, so wallets may go by their ids.
import { money, whole } from '@shared/format';
import { useNames } from '@shared/names';
import { useMay, useProgram } from '@shared/session';
import { spelled } from '@shared/names';
import { useLanguage } from '@shared/words';

export function useTillAmounts(): { bare: (wallet: string, units: number) => string; name: (wallet: string) => string; full: (wallet: string, units: number) => string } {
  const language = useLanguage();
  const may = useMay();
  const names = useNames();
  const currency = useProgram()?.currency ?? 'EUR';
  const isKnown = may('program:read');
  const isMoney = (wallet: string): boolean => isKnown && names.isMoney(wallet);
  const bare = (wallet: string, units: number): string => (isMoney(wallet) ? money(units, currency, language) : whole(units, language));
  const name = (wallet: string): string => (isKnown ? names.wallet(wallet) : spelled(wallet));
  return { bare, name, full: (wallet, units) => (isMoney(wallet) ? bare(wallet, units) : `${bare(wallet, units)} ${name(wallet).toLocaleLowerCase()}`) };
}

// What the parts of a member's page read, and how they write amounts.
import { api, type Schemas } from '@api';
import { decimals, money } from '@shared/format';
import { useNames } from '@shared/names';
import { useProgram } from '@shared/session';
import { useLanguage, type Language } from '@shared/words';
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';

export type Member = Schemas['MemberPageOut'];
export type Wallet = Schemas['WalletOut'];

const FROM = '/signed-in/p/$program/members/$member';

/** The path parameters of this page's questions. */
export function usePath(): { program: string; member_id: string } {
  const { program, member } = useParams({ from: FROM });
  return { program, member_id: member };
}

export function useMember() {
  return api.useQuery('get', '/v1/programs/{program}/members/{member_id}', { params: { path: usePath() } });
}

export function useMemberWallets() {
  return api.useQuery('get', '/v1/programs/{program}/members/{member_id}/wallets', { params: { path: usePath() } });
}

/** After anything that changes a member: everything about her is asked for anew. */
export function useRefresh(): () => void {
  const queries = useQueryClient();
  return () => {
    void queries.invalidateQueries({
      predicate: ({ queryKey }) => typeof queryKey[1] === 'string' && /members|redemptions|vouchers|audit/.test(queryKey[1]),
    });
  };
}

export interface Unit {
  currency: string | null;
  scale: number;
}

/** Decimals of a wallet, as people type them. */
export function scaleOf(unit: Unit): number {
  return unit.currency === null ? unit.scale : decimals(unit.currency);
}

/** Units of a wallet as people read them: money with its sign, points in whole ones. */
export function amountOf(units: number, unit: Unit | undefined, language: Language): string {
  if (unit?.currency) {
    return money(units, unit.currency, language);
  }
  const scale = unit?.scale ?? 0;
  return new Intl.NumberFormat(language, { maximumFractionDigits: scale, minimumFractionDigits: scale, useGrouping: 'always' } as Intl.NumberFormatOptions).format(
    units / 10 ** scale,
  );
}

/** Says an amount of a wallet with the wallet's name: "1,250 points". */
export function useAmounts(): { bare: (wallet: string, units: number) => string; full: (wallet: string, units: number) => string } {
  const language = useLanguage();
  const names = useNames();
  const wallets = useMemberWallets();
  const unit = (id: string) => wallets.data?.items.find((each) => each.wallet === id);
  const bare = (id: string, units: number): string => amountOf(units, unit(id), language);
  return {
    bare,
    full: (id, units) => (unit(id)?.currency ? bare(id, units) : `${bare(id, units)} ${lower(names.wallet(id))}`),
  };
}

function lower(name: string): string {
  return name.charAt(0).toLocaleLowerCase() + name.slice(1);
}

export function useZone(): string {
  return useProgram()?.timezone ?? 'UTC';
}

/** What a member is called: by name, else by the first thing people recognise them by. */
export function calledOf(member: Member): string | undefined {
  return member.name ?? member.identities.find((each) => each.kind !== 'device')?.value;
}

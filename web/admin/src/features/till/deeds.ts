// What was done at the till, in words: how much, what it earned or took, and for whom.
import { day, money } from '@shared/format';
import { useProgram } from '@shared/session';
import { useTillAmounts } from './amounts';
import type { Action } from './till';
import { useTillWords } from './words';

const LONGEST_SHOWN = 40;

interface Person {
  first_name: string | null;
  ending: string | null;
}

export interface Deeds {
  /** "Sale of €90.00", "Redeemed: A coffee". */
  title: (action: Action) => string;
  /** What it earned and took, a line each. */
  lines: (action: Action) => string[];
  /** What undoing it takes and gives, a line each. */
  takenBack: (action: Action) => string[];
  /** By first name, else by the end of a card, else by what was scanned. */
  called: (member: Person, scanned?: string) => string;
}

export function useDeeds(): Deeds {
  const { t, language } = useTillWords();
  const amounts = useTillAmounts();
  const zone = useProgram()?.timezone ?? 'UTC';
  const listed = (names: string[]): string => new Intl.ListFormat(language, { type: 'conjunction' }).format(names);
  const paid = (action: Action): string => (action.amount_minor === null ? '' : money(action.amount_minor, action.currency ?? 'EUR', language));
  const spent = (action: Action): string[] =>
    action.redemptions.flatMap((each) => (each.wallet === null || each.units === 0 ? [] : [amounts.full(each.wallet, each.units)]));
  const earned = (action: Action): string[] =>
    action.earned.map((each) => {
      const what = amounts.full(each.wallet, each.units);
      if (each.pending === 0) {
        return t('earned', { what });
      }
      return each.available_at === null ? t('earnedLater', { what }) : t('earnedFrom', { what, day: day(each.available_at, zone, language) });
    });
  return {
    title: (action) => (action.kind === 'sale' ? t('deed.sale', { amount: paid(action) }) : t(`deed.${action.kind}`, { what: listed(action.used) })),
    lines: (action) => [
      ...(action.kind === 'sale' && action.earned.length === 0 ? [t('earnedNothing')] : earned(action)),
      ...(action.kind === 'sale' && action.used.length > 0 ? [t('withRewards', { what: listed(action.used) })] : []),
      ...(spent(action).length === 0 ? [] : [t('spent', { what: listed(spent(action)) })]),
    ],
    takenBack: (action) => [
      action.kind === 'sale' ? t('undoText.sale', { amount: paid(action) }) : t(`undoText.${action.kind}`, { what: listed(action.used) }),
      ...action.earned.map((each) => t('undoEarned', { what: amounts.full(each.wallet, each.units) })),
      ...(spent(action).length === 0 ? [] : [t('undoSpent', { what: listed(spent(action)) })]),
      ...(action.kind === 'sale' && action.vouchers.length > 0 ? [t('undoVouchers', { what: listed(action.vouchers.map((each) => each.name)) })] : []),
    ],
    called: (member, scanned) => {
      if (member.first_name !== null) {
        return member.first_name;
      }
      if (member.ending !== null) {
        return t('cardEnding', { ending: member.ending });
      }
      // A pass is a hundred characters that nobody reads.
      return scanned === undefined || scanned === '' ? t('hello') : scanned.length > LONGEST_SHOWN ? t('aPass') : scanned;
    },
  };
}

/** Of buttons whose words may take two lines on a phone. */
export const WRAPS = {
  root: { height: 'auto', minHeight: 'var(--button-height)', paddingBlock: 8, paddingInline: 12 },
  label: { whiteSpace: 'normal', textAlign: 'center', lineHeight: 1.25 },
} as const;

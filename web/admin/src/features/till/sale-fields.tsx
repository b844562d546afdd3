// The two fields of a sale, and the sale in the words of an upload.
import { Group, TextInput } from '@mantine/core';
import type { Schemas } from '@api';
import { AmountInput } from '@shared/amount-input';
import { decimals } from '@shared/format';
import { READS_ITSELF } from './reader';
import { useTillWords } from './words';

/** Nobody takes in more at once; what looks like it is a card that was read into the amount. */
export const MOST = 10_000_000;
/** Marks the field of the amount. */
export const AMOUNT = 'data-amount';

interface SaleFieldsProps {
  currency: string;
  typed: number | null;
  onTyped: (typed: number | null) => void;
  receipt: string;
  onReceipt: (receipt: string) => void;
  busy: boolean;
}

export function SaleFields({ currency, typed, onTyped, receipt, onReceipt, busy }: SaleFieldsProps) {
  const { t } = useTillWords();
  return (
    <Group align="flex-end" gap="sm" wrap="wrap">
      <AmountInput
        {...{ [AMOUNT]: true }}
        size="xl"
        label={t('amount')}
        value={typed}
        min={0}
        max={MOST}
        currency={currency}
        allowNegative={false}
        hideControls
        autoFocus
        disabled={busy}
        flex={1}
        miw={180}
        onChange={(next) => onTyped(next === '' ? null : next)}
      />
      <TextInput size="xl" label={t('receiptNo')} value={receipt} maxLength={80} disabled={busy} flex={1} miw={180} onChange={(event) => onReceipt(event.currentTarget.value)} {...READS_ITSELF} />
    </Group>
  );
}

/** An amount in the currency's smallest unit. */
export function minorOf(typed: number | null, currency: string): number {
  return Math.round((typed ?? 0) * 10 ** decimals(currency));
}

/** What the order is called: its receipt's number, else something of the sale's own id. */
export function numberOf(receipt: string, id: string): string {
  return receipt.trim() || `till-${id.slice(0, 12)}`;
}

interface SaleWords {
  id: string;
  number: string;
  currency: string;
  minor: number;
  member: { member_id: string } | { scanned: string };
}

/** A sale as it is sent later. In the same words as at once, so that one whose answer was lost is recognised. */
export function offlineSale({ id, number, currency, minor, member }: SaleWords): Schemas['OfflineSaleIn'] {
  return {
    kind: 'sale',
    id,
    at: new Date().toISOString(),
    ...member,
    redemptions: [],
    vouchers: [],
    voucher_ids: [],
    order: { id: number, currency, lines: [{ id: '1', amount_minor: minor }] } as Schemas['TillOrderIn'],
  };
}

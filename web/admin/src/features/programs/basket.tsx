// An order made up on the spot.
import { ActionIcon, Button, Group, SimpleGrid, Stack, TextInput } from '@mantine/core';
import type { Schemas } from '@api';
import { AmountInput } from '@shared/amount-input';
import { decimals } from '@shared/format';
import { MomentInput } from '@shared/moment-input';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useProgramWords } from './words';

interface LineValue {
  amount: number | string;
  quantity: number | string;
  product: string;
  category: string;
}

export interface BasketValue {
  lines: LineValue[];
  shipping: number | string;
  channel: string;
  at: string;
}

const emptyLine: LineValue = { amount: '', quantity: 1, product: '', category: '' };
export const emptyBasket: BasketValue = { lines: [emptyLine], shipping: '', channel: '', at: '' };

/** The order in the words of `POST events`. */
export function orderOf(basket: BasketValue, id: string, currency: string): Schemas['OrderIn'] {
  const minor = (amount: number | string) => Math.round(Number(amount || 0) * 10 ** decimals(currency));
  return {
    id,
    currency,
    shipping_minor: minor(basket.shipping),
    lines: basket.lines
      .filter((line) => line.amount !== '')
      .map((line, index) => ({
        id: String(index + 1),
        amount_minor: minor(line.amount),
        quantity: Number(line.quantity || 1),
        ...(line.product === '' ? {} : { product: line.product }),
        ...(line.category === '' ? {} : { category: line.category }),
      })),
  } as Schemas['OrderIn'];
}

export function Basket({ value, onChange, currency }: { value: BasketValue; onChange: (value: BasketValue) => void; currency: string }) {
  const { t } = useProgramWords();
  const set = (index: number, part: Partial<LineValue>) => onChange({ ...value, lines: value.lines.map((line, other) => (other === index ? { ...line, ...part } : line)) });
  return (
    <Stack gap="sm">
      {value.lines.map((line, index) => (
        <Group key={index} align="flex-end" gap="xs" wrap="nowrap" role="group" aria-label={t('line', { n: index + 1 })}>
          <SimpleGrid cols={{ base: 2, xs: 4 }} spacing="xs" flex={1}>
            <AmountInput label={t('amount')} value={line.amount} onChange={(amount) => set(index, { amount })} currency={currency} allowNegative={false} hideControls />
            <AmountInput label={t('quantity')} value={line.quantity} onChange={(quantity) => set(index, { quantity })} min={1} allowDecimal={false} hideControls />
            <TextInput label={t('product')} value={line.product} onChange={(event) => set(index, { product: event.currentTarget.value })} />
            <TextInput label={t('category')} value={line.category} onChange={(event) => set(index, { category: event.currentTarget.value })} />
          </SimpleGrid>
          {value.lines.length === 1 ? null : (
            <ActionIcon variant="subtle" color="gray" mb={4} aria-label={t('removeLine', { n: index + 1 })} onClick={() => onChange({ ...value, lines: value.lines.filter((_, other) => other !== index) })}>
              <IconTrash size={16} />
            </ActionIcon>
          )}
        </Group>
      ))}
      <Group>
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={() => onChange({ ...value, lines: [...value.lines, emptyLine] })}>
          {t('addLine')}
        </Button>
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
        <AmountInput label={t('shipping')} value={value.shipping} onChange={(shipping) => onChange({ ...value, shipping })} currency={currency} allowNegative={false} hideControls />
        <TextInput label={t('channel')} value={value.channel} placeholder="web" onChange={(event) => onChange({ ...value, channel: event.currentTarget.value })} />
      </SimpleGrid>
      <MomentInput label={t('at')} description={value.at === '' ? t('now') : undefined} value={value.at} onChange={(at) => onChange({ ...value, at })} />
    </Stack>
  );
}

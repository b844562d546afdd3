// Serving somebody without a connection: what was scanned is looked up when it is sent.
import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { newKey } from '@api';
import { Confirm } from '@shared/confirm';
import { money } from '@shared/format';
import { useProgram } from '@shared/session';
import { Failure } from '@shared/ui';
import { IconTicket } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { WRAPS } from './deeds';
import type { Keeping } from './kept';
import { minorOf, MOST, numberOf, offlineSale, SaleFields } from './sale-fields';
import { useTillWords } from './words';

interface BlindProps {
  /** A number, an address, a pass or the code of a voucher. */
  scanned: string;
  onKeep: Keeping['keep'];
  onNext: () => void;
}

const LONGEST_CODE = 64;

export function Blind({ scanned, onKeep, onNext }: BlindProps) {
  const { t, language } = useTillWords();
  const currency = useProgram()?.currency ?? 'EUR';
  const [typed, setTyped] = useState<number | null>(null);
  const [receipt, setReceipt] = useState('');
  const [asking, setAsking] = useState(false);
  const [id] = useState(newKey);
  const minor = minorOf(typed, currency);
  // A pass is a hundred characters that nobody reads.
  const who = scanned.length > 40 ? t('aPass') : scanned;
  const sell = useMutation({
    networkMode: 'always',
    mutationFn: () => onKeep(offlineSale({ id, number: numberOf(receipt, id), currency, minor, member: { scanned } }), who),
    onSuccess: onNext,
  });
  const use = useMutation({
    networkMode: 'always',
    mutationFn: () => onKeep({ kind: 'redeem', id, at: new Date().toISOString(), voucher: scanned, hold: false, note: '' }, who, t('aVoucher')),
    onSuccess: onNext,
  });
  return (
    <Card withBorder padding="lg" component="section" aria-label={t('lookedUpLater')}>
      <Group justify="space-between" align="flex-start" mb="md">
        <div style={{ minWidth: 0 }}>
          <Title order={2} fz={26} style={{ overflowWrap: 'anywhere' }}>
            {who}
          </Title>
          <Text c="dimmed">{t('lookedUpLater')}</Text>
        </div>
        <Button size="lg" variant="default" onClick={onNext}>
          {t('next')}
        </Button>
      </Group>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (minor > 0 && (typed ?? 0) <= MOST) {
            sell.mutate();
          }
        }}
      >
        <Stack>
          <SaleFields currency={currency} typed={typed} onTyped={setTyped} receipt={receipt} onReceipt={setReceipt} busy={sell.isPending} />
          {sell.error ? <Failure failure={sell.error} writing retry={() => sell.mutate()} /> : null}
          <Button type="submit" size="xl" fullWidth styles={WRAPS} loading={sell.isPending} disabled={minor <= 0 || (typed ?? 0) > MOST}>
            {t('keepSale', { amount: money(minor, currency, language) })}
          </Button>
          {scanned.length > LONGEST_CODE || scanned.includes('@') ? null : (
            <Button size="lg" variant="default" leftSection={<IconTicket size={20} />} onClick={() => setAsking(true)}>
              {t('itIsVoucher')}
            </Button>
          )}
        </Stack>
      </form>
      <Confirm opened={asking} title={t('voucherTitle')} verb={t('keepVoucher')} busy={use.isPending} failure={use.error} onConfirm={() => use.mutate()} onClose={() => setAsking(false)}>
        <Text fw={600}>{scanned}</Text>
        <Text>{t('checkedLater')}</Text>
      </Confirm>
    </Card>
  );
}

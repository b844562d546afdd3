// Vouchers: the member's, or the one that was scanned.
import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { api, newKey, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Keeping } from './kept';
import type { Action } from './till';
import { useTillWords } from './words';

type Voucher = Schemas['TillVoucherOut'];

interface VouchersProps {
  program: string;
  member: Schemas['TillMemberOut'] | null;
  vouchers: Voucher[];
  online: boolean;
  onDone: (action: Action) => void;
  onKeep: Keeping['keep'];
}

export function TillVouchers({ program, member, vouchers, online, onDone, onKeep }: VouchersProps) {
  const { t } = useTillWords();
  const [chosen, setChosen] = useState<{ voucher: Voucher; id: string } | null>(null);
  const redeem = api.useMutation('post', '/v1/programs/{program}/till/redeem', {
    onSuccess: (action) => {
      setChosen(null);
      onDone(action);
    },
  });
  const words = (each: { voucher: Voucher; id: string }) => ({ id: each.id, member_id: member?.member_id ?? null, voucher_id: each.voucher.voucher_id, hold: false, note: '' });
  const later = useMutation({
    networkMode: 'always',
    mutationFn: (each: { voucher: Voucher; id: string }) =>
      onKeep({ kind: 'redeem', at: new Date().toISOString(), ...words(each) }, member?.first_name ?? `…${each.voucher.ending}`, each.voucher.name),
    onSuccess: () => setChosen(null),
  });
  return (
    <Card withBorder padding="lg">
      <Title order={2} mb="sm">
        {t('vouchers')}
      </Title>
      <Stack gap="sm">
        {vouchers.map((each) => (
          <Group key={each.voucher_id} justify="space-between" wrap="nowrap">
            <div style={{ minWidth: 0 }}>
              <Text fw={600}>{each.name}</Text>
              <Text size="sm" c="dimmed">
                {t('voucherFound', { ending: each.code ?? `…${each.ending}` })} · {each.usable ? each.sentence : (each.message ?? each.sentence)}
              </Text>
            </div>
            {each.usable ? (
              <Button size="lg" variant="light" style={{ flexShrink: 0 }} aria-label={`${t('useVoucher')}: ${each.name}`} onClick={() => setChosen({ voucher: each, id: newKey() })}>
                {t('useVoucher')}
              </Button>
            ) : null}
          </Group>
        ))}
      </Stack>
      <Confirm
        opened={chosen !== null}
        title={t('voucherTitle')}
        verb={t(online ? 'useVoucher' : 'keepVoucher')}
        busy={redeem.isPending || later.isPending}
        failure={redeem.error ?? later.error}
        onConfirm={() => {
          if (chosen !== null && online) {
            redeem.mutate({ params: { path: { program } }, body: words(chosen) });
          } else if (chosen !== null) {
            later.mutate(chosen);
          }
        }}
        onClose={() => {
          redeem.reset();
          later.reset();
          setChosen(null);
        }}
      >
        <Text fw={600}>{chosen?.voucher.name}</Text>
        <Text>{t(online ? 'voucherText' : 'checkedLater')}</Text>
      </Confirm>
    </Card>
  );
}

// Vouchers: hers, or the one that was scanned.
import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { api, newKey, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { useState } from 'react';
import type { Action } from './till';
import { useTillWords } from './words';

type Voucher = Schemas['TillVoucherOut'];

interface VouchersProps {
  program: string;
  memberId: string | null;
  vouchers: Voucher[];
  online: boolean;
  onDone: (action: Action) => void;
}

export function TillVouchers({ program, memberId, vouchers, online, onDone }: VouchersProps) {
  const { t } = useTillWords();
  const [chosen, setChosen] = useState<{ voucher: Voucher; id: string } | null>(null);
  const redeem = api.useMutation('post', '/v1/programs/{program}/till/redeem', {
    onSuccess: (action) => {
      setChosen(null);
      onDone(action);
    },
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
              <Button size="lg" variant="light" style={{ flexShrink: 0 }} disabled={!online} aria-label={`${t('useVoucher')}: ${each.name}`} onClick={() => setChosen({ voucher: each, id: newKey() })}>
                {t('useVoucher')}
              </Button>
            ) : null}
          </Group>
        ))}
      </Stack>
      <Confirm
        opened={chosen !== null}
        title={t('voucherTitle')}
        verb={t('useVoucher')}
        busy={redeem.isPending}
        failure={redeem.error}
        onConfirm={() => chosen && redeem.mutate({ params: { path: { program } }, body: { id: chosen.id, member_id: memberId, voucher_id: chosen.voucher.voucher_id, hold: false, note: '' } })}
        onClose={() => {
          redeem.reset();
          setChosen(null);
        }}
      >
        <Text fw={600}>{chosen?.voucher.name}</Text>
        <Text>{t('voucherText')}</Text>
      </Confirm>
    </Card>
  );
}

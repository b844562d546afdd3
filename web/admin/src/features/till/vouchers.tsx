// Vouchers: the member's, or the one that was scanned.
import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import type { Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import type { Keeping } from './kept';
import { useRedeeming } from './redeeming';
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
  const { chosen, choose, asking } = useRedeeming<Voucher>({
    program,
    online,
    onDone,
    onKeep,
    words: (each) => ({ member_id: member?.member_id ?? null, voucher_id: each.voucher_id }),
    told: (each) => [member?.first_name ?? `…${each.ending}`, each.name],
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
              <Button size="lg" variant="light" style={{ flexShrink: 0 }} aria-label={`${t('useVoucher')}: ${each.name}`} onClick={() => choose(each)}>
                {t('useVoucher')}
              </Button>
            ) : null}
          </Group>
        ))}
      </Stack>
      <Confirm
        title={t('voucherTitle')}
        verb={t(online ? 'useVoucher' : 'keepVoucher')}
        {...asking}
      >
        <Text fw={600}>{chosen?.name}</Text>
        <Text>{t(online ? 'voucherText' : 'checkedLater')}</Text>
      </Confirm>
    </Card>
  );
}

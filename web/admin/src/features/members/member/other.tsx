// A line of what happened that was no event: what staff did, what was redeemed, what ended, with who and why.
import { Badge, Group, Stack, Text } from '@mantine/core';
import type { Schemas } from '@api';
import { moment } from '@shared/format';
import { useNames } from '@shared/names';
import { useAmounts, useZone } from './data';
import { useOneWords } from './words';

type Happened = Schemas['HappenedOut'];

const MOVES = [
  'adjusted', 'expired', 'debt_written_off', 'converted', 'sent', 'received', 'reversed', 'loaded', 'credited', 'paid_out', 'paid', 'refunded', 'restored', 'reinstated', 'earned', 'opened',
] as const;
const DEEDS = ['floor_set', 'floor_lifted', 'merged', 'parted', 'paused', 'resumed', 'blocked', 'left', 'erased'] as const;
const ENDS = ['cancelled', 'lapsed', 'voided'] as const;

export function Other({ other }: { other: Happened }) {
  const { t, language } = useOneWords();
  const zone = useZone();
  const names = useNames();
  const amounts = useAmounts();
  const last = other.code.split('.').pop() ?? '';
  const what = (): string => {
    switch (other.what) {
      case 'redeemed':
        return t('happened.redeemed', { reward: names.reward(other.reward ?? '') });
      case 'ended':
        return t(`happened.ends.${ENDS.find((each) => each === last) ?? 'cancelled'}`, { reward: names.reward(other.reward ?? '') });
      case 'tier':
        return t('happened.tier');
      case 'done':
        return t(`happened.deeds.${DEEDS.find((each) => each === last) ?? 'paused'}`, { tier: other.tier === null ? '' : names.tier(other.tier) });
      default:
        return t(`happened.moves.${MOVES.find((each) => each === last) ?? 'other'}`);
    }
  };
  const who = [
    other.by_name === null ? null : t('happened.by', { name: other.by_name }),
    other.approved_by_name === null ? null : t('happened.approvedBy', { name: other.approved_by_name }),
    other.place === null || other.reward === null ? null : other.place,
    other.order === null ? null : t('eventOrder', { id: other.order.split(':').slice(1).join(':') }),
  ].filter((each) => each !== null);
  const why = [other.reason === null ? null : `“${other.reason}”`, other.internal === null ? null : t('happened.note', { text: other.internal })].filter((each) => each !== null);
  return (
    <Stack gap={4} py="xs" style={{ borderTop: '1px solid var(--mantine-color-default-border)' }} component="article" aria-label={what()}>
      <Group justify="space-between" align="flex-start" gap="xs">
        <div style={{ minWidth: 0 }}>
          <Text fw={600} size="sm">
            {what()}
          </Text>
          <Text size="xs" c="dimmed">
            {[moment(other.at, zone, language), ...who].join(' · ')}
          </Text>
        </div>
        <Group gap={6}>
          {other.wallet !== null && other.amount ? (
            <Badge variant="light" color={other.amount < 0 ? 'red' : 'teal'} autoContrast tt="none" size="lg">
              {other.amount > 0 ? '+' : ''}
              {amounts.bare(other.wallet, other.amount)} {names.isMoney(other.wallet) ? '' : names.wallet(other.wallet).toLocaleLowerCase()}
            </Badge>
          ) : null}
          {other.what === 'tier' && other.tier !== null && other.tier_before !== null ? (
            <Badge variant="light" tt="none" size="lg">
              {t('tierChange', { from: names.tier(other.tier_before), to: names.tier(other.tier) })}
            </Badge>
          ) : null}
        </Group>
      </Group>
      {why.length === 0 ? null : (
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {why.join(' · ')}
        </Text>
      )}
    </Stack>
  );
}

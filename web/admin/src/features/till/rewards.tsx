// Rewards the member can have here and now.
import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import type { Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { useTillAmounts } from './amounts';
import { useDeeds } from './deeds';
import type { Keeping } from './kept';
import { useRedeeming } from './redeeming';
import type { Action } from './till';
import { useTillWords } from './words';

type Reward = Schemas['TillRewardOut'];

interface RewardsProps {
  program: string;
  member: Schemas['TillMemberOut'];
  scanned: string;
  rewards: Reward[];
  online: boolean;
  onDone: (action: Action) => void;
  onKeep: Keeping['keep'];
}

export function TillRewards({ program, member, scanned, rewards, online, onDone, onKeep }: RewardsProps) {
  const { t } = useTillWords();
  const amounts = useTillAmounts();
  const deeds = useDeeds();
  const { chosen: reward, choose, asking } = useRedeeming<Reward>({
    program,
    online,
    onDone,
    onKeep,
    words: (each) => ({ member_id: member.member_id, reward: each.reward }),
    told: (each) => [deeds.called(member, scanned), each.name ?? each.reward],
  });
  const shown = rewards.filter((each) => each.state === 'available' || each.state === 'short_of_points');
  return (
    <Card withBorder padding="lg">
      <Title order={2} mb="sm">
        {t('rewards')}
      </Title>
      {shown.length === 0 ? (
        <Text c="dimmed">{t('noRewards')}</Text>
      ) : (
        <Stack gap="sm">
          {shown.map((each) => (
            <Group key={`${each.reward} ${each.wallet}`} justify="space-between" wrap="nowrap">
              <div style={{ minWidth: 0 }}>
                <Text fw={600}>{each.name ?? each.reward}</Text>
                <Text size="sm" c="dimmed">
                  {each.wallet === null || each.points === 0 ? t('free') : amounts.full(each.wallet, each.points)}
                  {each.state === 'short_of_points' && each.wallet !== null ? ` · ${t('short', { amount: amounts.full(each.wallet, each.short_by) })}` : ''}
                </Text>
              </div>
              {each.state === 'available' ? (
                <Button size="lg" variant="light" style={{ flexShrink: 0 }} onClick={() => choose(each)} aria-label={`${t('redeem')}: ${each.name ?? each.reward}`}>
                  {t('redeem')}
                </Button>
              ) : null}
            </Group>
          ))}
        </Stack>
      )}
      <Confirm
        title={t('redeemTitle', { name: reward?.name ?? '' })}
        verb={t(online ? 'redeem' : 'keepRedeem')}
        {...asking}
      >
        <Text>
          {reward === undefined || reward.wallet === null || reward.points === 0
            ? t('redeemFree')
            : t('redeemText', { amount: amounts.full(reward.wallet, reward.points), left: amounts.full(reward.wallet, (member.balances[reward.wallet] ?? 0) - reward.points) })}
        </Text>
        {online ? null : <Text>{t('checkedLater')}</Text>}
      </Confirm>
    </Card>
  );
}

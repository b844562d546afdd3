// What she holds, where she stands, and what happened lately.
import { Anchor, Badge, Button, Card, Grid, Group, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { day } from '@shared/format';
import { useNames } from '@shared/names';
import { told } from '@shared/problem';
import { useMay } from '@shared/session';
import { Failure, Loaded } from '@shared/ui';
import { useState } from 'react';
import type { MemberTab } from '../routes';
import { amountOf, useMemberWallets, usePath, useRefresh, useZone, type Member, type Wallet } from './data';
import { Identities } from './identities';
import { Merges } from './merges';
import { Money } from './money';
import { Events } from './timeline';
import { useOneWords } from './words';

export function Overview({ member, onOpen }: { member: Member; onOpen: (tab: MemberTab) => void }) {
  const { t } = useOneWords();
  const wallets = useMemberWallets();
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 8 }}>
        <Stack gap="lg">
          <Loaded query={wallets} rows={3}>
            {(data) => (
              <SimpleGrid cols={{ base: 1, sm: data.items.length > 1 ? 2 : 1 }}>
                {data.items.map((each) => (
                  <WalletCard key={each.wallet} wallet={each} />
                ))}
              </SimpleGrid>
            )}
          </Loaded>
          <Card withBorder padding="lg">
            <Group justify="space-between" mb="sm">
              <Title order={2}>{t('recent')}</Title>
              <Anchor component="button" size="sm" onClick={() => onOpen('timeline')}>
                {t('all')}
              </Anchor>
            </Group>
            <Events most={5} />
          </Card>
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <Stack gap="lg">
          <Tiers />
          <Identities member={member} />
          <Merges member={member} />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

function WalletCard({ wallet }: { wallet: Wallet }) {
  const { t, language } = useOneWords();
  const names = useNames();
  const zone = useZone();
  const may = useMay();
  const [paying, setPaying] = useState<'load' | 'payout' | null>(null);
  const amount = (units: number): string => amountOf(units, wallet, language);
  const lots = [
    ...wallet.starts.map((each) => ({ key: `s${each.at}`, text: each.at === null ? t('pending', { amount: amount(each.amount) }) : t('pendingAt', { amount: amount(each.amount), day: day(each.at, zone, language) }) })),
    ...wallet.ends.map((each) => ({ key: `e${each.at}`, text: each.at === null ? t('endsNever', { amount: amount(each.amount) }) : t('endsAt', { amount: amount(each.amount), day: day(each.at, zone, language) }) })),
  ];
  return (
    <Card withBorder padding="lg">
      <Group justify="space-between" align="flex-start">
        <Text size="sm" fw={600} c="dimmed">
          {names.wallet(wallet.wallet)}
        </Text>
        {wallet.kind === 'money' ? (
          <Group gap={4}>
            {(['load', 'payout'] as const).map((each) =>
              may(each === 'load' ? 'money:load' : 'money:payout') ? (
                <Button key={each} size="compact-xs" variant="default" onClick={() => setPaying(each)}>
                  {t(`pay.${each}`)}
                </Button>
              ) : null,
            )}
          </Group>
        ) : null}
      </Group>
      <Text fz={28} fw={700} lh={1.3}>
        {amount(wallet.available)}
      </Text>
      <Group gap="xs" mt={4}>
        {wallet.pending > 0 ? <Badge variant="light" tt="none">{t('pending', { amount: amount(wallet.pending) })}</Badge> : null}
        {wallet.held > 0 ? <Badge variant="light" color="gray" autoContrast tt="none">{t('held', { amount: amount(wallet.held) })}</Badge> : null}
        {wallet.debt > 0 ? <Badge variant="light" color="red" autoContrast tt="none">{t('debt', { amount: amount(wallet.debt) })}</Badge> : null}
      </Group>
      {wallet.kind === 'qualifying' || lots.length === 0 ? null : (
        <Stack gap={2} mt="sm">
          {lots.slice(0, 6).map((each) => (
            <Text key={each.key} size="sm">
              {each.text}
            </Text>
          ))}
          {lots.length > 6 ? <Text size="sm">…</Text> : null}
        </Stack>
      )}
      <Money wallet={wallet} kind={paying} onClose={() => setPaying(null)} />
    </Card>
  );
}

function Tiers() {
  const { t } = useOneWords();
  const path = usePath();
  const tiers = api.useQuery('get', '/v1/programs/{program}/members/{member_id}/tiers', { params: { path } }, { retry: false });
  if (told(tiers.error).code === 'tiers.not_enrolled') {
    return (
      <Card withBorder padding="lg">
        <Text size="sm" c="dimmed">
          {t('noTiers')}
        </Text>
      </Card>
    );
  }
  return <Loaded query={tiers}>{(data) => data.items.map((each) => <TierCard key={each.ladder} outlook={each} />)}</Loaded>;
}

function TierCard({ outlook }: { outlook: Schemas['OutlookOut'] }) {
  const { t, language } = useOneWords();
  const names = useNames();
  const may = useMay();
  const path = usePath();
  const refresh = useRefresh();
  const lift = api.useMutation('delete', '/v1/programs/{program}/members/{member_id}/tiers/{ladder}/floor', {
    onSuccess: () => {
      notifications.show({ message: t('lifted') });
      refresh();
    },
  });
  const on = (text: string): string => day(`${text}T12:00:00Z`, 'UTC', language);
  const number = new Intl.NumberFormat(language).format;
  const goal = outlook.missing_to_upgrade === null ? null : outlook.measure + outlook.missing_to_upgrade;
  return (
    <Card withBorder padding="lg">
      <Text size="sm" fw={600} c="dimmed">
        {names.ladder(outlook.ladder)}
      </Text>
      <Group gap="xs" align="baseline">
        <Text fz={22} fw={700}>
          {names.tier(outlook.tier)}
        </Text>
        <Text size="sm" c="dimmed">
          {t('tierSince', { day: on(outlook.since) })}
        </Text>
      </Group>
      {goal === null || goal === 0 || outlook.next_tier === null ? (
        <Text size="sm">{t('top')}</Text>
      ) : (
        <>
          <Progress value={(100 * outlook.measure) / goal} my={6} aria-label={names.tier(outlook.next_tier)} />
          <Text size="sm">{t('missing', { amount: number(outlook.missing_to_upgrade ?? 0), tier: names.tier(outlook.next_tier) })}</Text>
        </>
      )}
      {outlook.kept_until === null ? null : (
        <Text size="sm" c="dimmed">
          {t('keptUntil', { day: on(outlook.kept_until) })}
          {outlook.missing_to_keep > 0 ? ` · ${t('missingToKeep', { amount: number(outlook.missing_to_keep) })}` : ''}
        </Text>
      )}
      {outlook.in_grace ? <Text size="sm">{t('grace')}</Text> : null}
      {outlook.floor === null ? null : (
        <Group gap="xs" mt="xs">
          <Text size="sm">
            {t('byHand', {
              tier: names.tier(outlook.floor.tier), until: outlook.floor.until === null ? '' : t('until', { day: on(outlook.floor.until) }), reason: outlook.floor.reason,
            })}
          </Text>
          {may('members:write') ? (
            <Button size="compact-xs" variant="default" loading={lift.isPending} onClick={() => lift.mutate({ params: { path: { ...path, ladder: outlook.ladder } } })}>
              {t('lift')}
            </Button>
          ) : null}
        </Group>
      )}
      {lift.error ? <Failure failure={lift.error} writing /> : null}
    </Card>
  );
}

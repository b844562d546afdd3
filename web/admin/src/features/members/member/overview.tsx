// What a member holds, where they stand, and what happened lately.
import { ActionIcon, Anchor, Badge, Button, Card, Grid, Group, Menu, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { day, money, whole } from '@shared/format';
import { useNames } from '@shared/names';
import { told } from '@shared/problem';
import { useMay, useProgram } from '@shared/session';
import { Failure, Loaded } from '@shared/ui';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import { useLadders, useWallets, type Conversion } from '../program';
import type { MemberTab } from '../routes';
import { amountOf, useMemberWallets, usePath, useRefresh, useZone, type Member, type Wallet } from './data';
import { Identities } from './identities';
import { Merges } from './merges';
import { Money } from './money';
import { Convert, Send } from './move';
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
                  <WalletCard key={each.wallet} member={member} wallet={each} />
                ))}
              </SimpleGrid>
            )}
          </Loaded>
          <Card withBorder padding="md">
            <Group justify="space-between" mb="sm">
              <Title order={2} size="h3">{t('recent')}</Title>
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

const LOTS_SHOWN = 2;

function WalletCard({ member, wallet }: { member: Member; wallet: Wallet }) {
  const { t, language } = useOneWords();
  const names = useNames();
  const zone = useZone();
  const [doing, setDoing] = useState<WalletDeed | null>(null);
  const conversions = useConversions(wallet.wallet);
  const amount = (units: number): string => amountOf(units, wallet, language);
  const [soonest] = wallet.starts;
  const close = (): void => setDoing(null);
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" align="center" wrap="nowrap" gap="xs">
        <Text size="sm" fw={600} c="dimmed" truncate>
          {names.wallet(wallet.wallet)}
        </Text>
        <WalletMenu member={member} wallet={wallet} onChoose={setDoing} />
      </Group>
      <Text fz={28} fw={700} lh={1.3}>
        {amount(wallet.available)}
      </Text>
      <Group gap="xs" mt={4}>
        {wallet.pending > 0 && soonest !== undefined ? (
          <Badge variant="light" tt="none">
            {soonest.at === null ? t('pending', { amount: amount(wallet.pending) }) : t('pendingTotal', { amount: amount(wallet.pending), day: day(soonest.at, zone, language) })}
          </Badge>
        ) : null}
        {wallet.held > 0 ? <Badge variant="light" color="gray" autoContrast tt="none">{t('held', { amount: amount(wallet.held) })}</Badge> : null}
        {wallet.debt > 0 ? <Badge variant="light" color="red" autoContrast tt="none">{t('debt', { amount: amount(wallet.debt) })}</Badge> : null}
      </Group>
      {wallet.kind === 'qualifying' ? (
        <Text size="sm" c="dimmed">
          {t('onlyTiers')}
        </Text>
      ) : (
        <Ends wallet={wallet} />
      )}
      <Money wallet={wallet} kind={doing === 'load' || doing === 'payout' ? doing : null} onClose={close} />
      {doing === 'send' ? <Send member={member} wallet={wallet} onClose={close} /> : null}
      {doing === 'convert' ? <Convert wallet={wallet} conversions={conversions} onClose={close} /> : null}
    </Card>
  );
}

/** When what is available ends: the next dates, the others on demand. */
function Ends({ wallet }: { wallet: Wallet }) {
  const { t, language } = useOneWords();
  const zone = useZone();
  const [all, setAll] = useState(false);
  const dated = wallet.ends.filter((each) => each.at !== null);
  const shown = all ? wallet.ends : dated.slice(0, LOTS_SHOWN);
  const rest = wallet.ends.length - shown.length;
  if (dated.length === 0) {
    return null;
  }
  return (
    <Stack gap={2} mt="sm" align="flex-start">
      {shown.map((each) => (
        <Text key={each.at ?? 'never'} size="sm" c="dimmed">
          {each.at === null ? t('endsNever', { amount: amountOf(each.amount, wallet, language) }) : t('endsAt', { amount: amountOf(each.amount, wallet, language), day: day(each.at, zone, language) })}
        </Text>
      ))}
      {rest > 0 || all ? (
        <Anchor component="button" type="button" size="sm" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('fewerLots') : t('moreLots', { count: rest })}
        </Anchor>
      ) : null}
    </Stack>
  );
}

type WalletDeed = 'load' | 'payout' | 'send' | 'convert';

function useConversions(wallet: string): Conversion[] {
  return useWallets().find((each) => each.id === wallet)?.conversions ?? [];
}

/** What can be done with a wallet. */
function WalletMenu({ member, wallet, onChoose }: { member: Member; wallet: Wallet; onChoose: (deed: WalletDeed) => void }) {
  const { t } = useOneWords();
  const names = useNames();
  const may = useMay();
  const written = useWallets().find((each) => each.id === wallet.wallet);
  const isActive = member.status === 'active';
  const deeds: WalletDeed[] = [
    ...(wallet.kind === 'money' && may('money:load') ? (['load'] as const) : []),
    ...(wallet.kind === 'money' && may('money:payout') ? (['payout'] as const) : []),
    ...(isActive && written?.isTransferable === true && may('points:transfer') ? (['send'] as const) : []),
    ...(isActive && (written?.conversions.length ?? 0) > 0 && may('points:transfer') ? (['convert'] as const) : []),
  ];
  const word = (deed: WalletDeed): string => (deed === 'load' || deed === 'payout' ? t(`pay.${deed}`) : t(deed));
  if (deeds.length === 0) {
    return null;
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`${t('actions')}: ${names.wallet(wallet.wallet)}`}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {deeds.map((each) => (
          <Menu.Item key={each} onClick={() => onChoose(each)}>
            {word(each)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Tiers() {
  const { t } = useOneWords();
  const path = usePath();
  const tiers = api.useQuery('get', '/v1/programs/{program}/members/{member_id}/tiers', { params: { path } }, { retry: false });
  if (told(tiers.error).code === 'tiers.not_enrolled') {
    return (
      <Card withBorder padding="md">
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
  const currency = useProgram()?.currency ?? 'EUR';
  const amount = (units: number): string => (outlook.measured === 'spend' ? money(units, currency, language) : whole(units, language));
  const written = useLadders().find((each) => each.id === outlook.ladder)?.counts ?? null;
  const counted = written === null ? t('ofUnits') : names.wallet(written).toLocaleLowerCase(language);
  const since =
    outlook.counts_from === null
      ? t('countsEver')
      : outlook.counts_until === null
        ? t('countsLately', { day: on(outlook.counts_from) })
        : t('countsSince', { day: on(outlook.counts_from), until: on(outlook.counts_until) });
  const goal = outlook.missing_to_upgrade === null ? null : outlook.measure + outlook.missing_to_upgrade;
  return (
    <Card withBorder padding="md">
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
          <Text size="sm">{t('countOf', { have: amount(outlook.measure), goal: amount(goal), tier: names.tier(outlook.next_tier) })}</Text>
          <Text size="sm">{t('missing', { amount: amount(outlook.missing_to_upgrade ?? 0), tier: names.tier(outlook.next_tier) })}</Text>
        </>
      )}
      <Text size="sm" c="dimmed">
        {[t(`counts.${outlook.measured}`, { wallet: counted }), since].join(' ')}
      </Text>
      {outlook.kept_until === null ? null : (
        <Text size="sm" c="dimmed">
          {t('keptUntil', { day: on(outlook.kept_until) })}
          {outlook.missing_to_keep > 0 ? ` · ${t('missingToKeep', { amount: amount(outlook.missing_to_keep) })}` : ''}
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

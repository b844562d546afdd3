// What she can have, what she took, and the codes she holds.
import { Badge, Button, Card, Group, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, newKey, type Schemas } from '@api';
import { AmountInput } from '@shared/amount-input';
import { Confirm } from '@shared/confirm';
import { day, moment } from '@shared/format';
import { useNames } from '@shared/names';
import { useMay } from '@shared/session';
import { Loaded } from '@shared/ui';
import { useState } from 'react';
import { useAmounts, usePath, useRefresh, useZone } from './data';
import { useOneWords } from './words';

type Offer = Schemas['MemberOfferOut'];
type Redemption = Schemas['RedemptionOut'];

export function Rewards() {
  return (
    <Stack gap="lg">
      <Offers />
      <Redemptions />
      <Vouchers />
    </Stack>
  );
}

function Offers() {
  const { t } = useOneWords();
  const path = usePath();
  const offers = api.useQuery('get', '/v1/programs/{program}/members/{member_id}/offers', { params: { path } });
  const [chosen, setChosen] = useState<{ offer: Offer; id: string } | null>(null);
  return (
    <Card withBorder padding="lg">
      <Title order={2} mb="sm">
        {t('rewardsNow')}
      </Title>
      <Loaded query={offers}>
        {(data) =>
          data.items.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('noOffers')}
            </Text>
          ) : (
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
              {data.items.map((each) => (
                <OfferCard key={`${each.reward} ${each.wallet}`} offer={each} onRedeem={() => setChosen({ offer: each, id: newKey() })} />
              ))}
            </SimpleGrid>
          )
        }
      </Loaded>
      {chosen === null ? null : <Redeem offer={chosen.offer} id={chosen.id} onClose={() => setChosen(null)} />}
    </Card>
  );
}

function OfferCard({ offer, onRedeem }: { offer: Offer; onRedeem: () => void }) {
  const { t } = useOneWords();
  const may = useMay();
  const names = useNames();
  const amounts = useAmounts();
  return (
    <Card withBorder padding="sm">
      <Stack gap={4} justify="space-between" h="100%">
        <div>
          <Text fw={600} size="sm">
            {offer.name ?? names.reward(offer.reward)}
          </Text>
          <Text size="sm" c="dimmed">
            {offer.wallet === null || offer.points === 0 ? t('free') : amounts.full(offer.wallet, offer.points)}
          </Text>
          {offer.wallet !== null && offer.short_by > 0 ? <Text size="sm">{t('short', { amount: amounts.full(offer.wallet, offer.short_by) })}</Text> : null}
          {offer.state === 'with_order' ? <Text size="sm">{offer.message ?? t('withOrder')}</Text> : null}
        </div>
        {offer.state === 'available' && may('redemptions:write') ? (
          <Group>
            <Button size="xs" variant="light" onClick={onRedeem}>
              {t('redeem')}
            </Button>
          </Group>
        ) : null}
      </Stack>
    </Card>
  );
}

function Redeem({ offer, id, onClose }: { offer: Offer; id: string; onClose: () => void }) {
  const { t, language } = useOneWords();
  const { program, member_id } = usePath();
  const names = useNames();
  const amounts = useAmounts();
  const refresh = useRefresh();
  const [typed, setTyped] = useState<number | ''>(offer.least_portions);
  const portions = typed || offer.least_portions;
  const wallets = api.useQuery('get', '/v1/programs/{program}/members/{member_id}/wallets', { params: { path: { program, member_id } } });
  const name = offer.name ?? names.reward(offer.reward);
  const redeem = api.useMutation('post', '/v1/programs/{program}/redemptions', {
    onSuccess: () => {
      notifications.show({ message: t('redeemed', { name }) });
      refresh();
      onClose();
    },
  });
  const holds = wallets.data?.items.find((each) => each.wallet === offer.wallet)?.available;
  const cost = offer.points * (offer.most_portions > 1 ? portions : 1);
  return (
    <Confirm
      opened
      title={t('redeemTitle', { name })}
      verb={t('redeem')}
      busy={redeem.isPending}
      disabled={offer.wallet !== null && cost > 0 && holds === undefined && !wallets.isError}
      failure={redeem.error}
      onConfirm={() =>
        redeem.mutate({
          params: { path: { program } },
          body: { id, member_id, reward: offer.reward, commit: true, given: false, note: '', ...(offer.most_portions > 1 && { portions }), ...(offer.wallet !== null && { wallet: offer.wallet }) },
        })
      }
      onClose={onClose}
    >
      <Stack lang={language}>
        {offer.most_portions > 1 ? (
          <AmountInput label={t('portions')} value={typed} min={offer.least_portions} max={offer.most_portions} allowDecimal={false} onChange={setTyped} />
        ) : null}
        <Text size="sm">
          {offer.wallet === null || cost === 0 ? t('redeemFree') : holds === undefined ? amounts.full(offer.wallet, cost) : t('redeemText', { amount: amounts.full(offer.wallet, cost), left: amounts.full(offer.wallet, holds - cost) })}
        </Text>
      </Stack>
    </Confirm>
  );
}

function Redemptions() {
  const { t, language } = useOneWords();
  const { program, member_id } = usePath();
  const names = useNames();
  const amounts = useAmounts();
  const zone = useZone();
  const may = useMay();
  const refresh = useRefresh();
  const [leaving, setLeaving] = useState<Redemption | null>(null);
  const redemptions = api.useQuery('get', '/v1/programs/{program}/redemptions', { params: { path: { program }, query: { member_id, limit: 100 } } });
  const cancel = api.useMutation('post', '/v1/programs/{program}/redemptions/{redemption_id}/cancel', {
    onSuccess: () => {
      notifications.show({ message: t('cancelled') });
      setLeaving(null);
      refresh();
    },
  });
  return (
    <Card withBorder padding="lg">
      <Title order={2} mb="sm">
        {t('redemptions')}
      </Title>
      <Loaded query={redemptions}>
        {(data) =>
          data.items.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('noRedemptions')}
            </Text>
          ) : (
            <Table.ScrollContainer minWidth={460}>
              <Table verticalSpacing="xs">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('reward')}</Table.Th>
                    <Table.Th ta="right">{t('cost')}</Table.Th>
                    <Table.Th>{t('when')}</Table.Th>
                    <Table.Th>{t('state')}</Table.Th>
                    <Table.Th />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {data.items.map((each) => (
                    <Table.Tr key={each.id}>
                      <Table.Td>
                        {names.reward(each.reward)}
                        {each.vouchers.length === 0 ? null : (
                          <Text size="xs" c="dimmed" ff="monospace">
                            {each.vouchers.map((one) => one.code).join(', ')}
                          </Text>
                        )}
                      </Table.Td>
                      <Table.Td ta="right">{each.wallet === null || each.units === 0 ? t('free') : amounts.bare(each.wallet, each.units)}</Table.Td>
                      <Table.Td>{moment(each.held_at, zone, language)}</Table.Td>
                      <Table.Td>
                        <Badge variant="light" color={each.state === 'committed' ? 'teal' : 'gray'} autoContrast tt="none">
                          {t(`redemptionStates.${each.state}`)}
                        </Badge>
                      </Table.Td>
                      <Table.Td ta="right">
                        {(each.state === 'held' || each.state === 'committed') && may('redemptions:write') ? (
                          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setLeaving(each)}>
                            {t('cancel')}
                          </Button>
                        ) : null}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Loaded>
      <Confirm
        opened={leaving !== null}
        title={t('cancelTitle')}
        verb={t('cancelDo')}
        danger
        busy={cancel.isPending}
        failure={cancel.error}
        onConfirm={() => leaving && cancel.mutate({ params: { path: { program, redemption_id: leaving.id } }, body: { by_member: false } })}
        onClose={() => {
          cancel.reset();
          setLeaving(null);
        }}
      >
        <Text size="sm">
          {leaving === null || leaving.wallet === null || leaving.units === 0 ? t('cancelFree') : t('cancelText', { amount: amounts.full(leaving.wallet, leaving.units - leaving.returned) })}
        </Text>
      </Confirm>
    </Card>
  );
}

function Vouchers() {
  const { t, language } = useOneWords();
  const { program, member_id } = usePath();
  const names = useNames();
  const zone = useZone();
  const may = useMay();
  const vouchers = api.useQuery('get', '/v1/programs/{program}/vouchers', { params: { path: { program }, query: { member_id, limit: 100 } } }, { enabled: may('vouchers:read') });
  if (!may('vouchers:read')) {
    return null;
  }
  return (
    <Card withBorder padding="lg">
      <Title order={2} mb="sm">
        {t('vouchers')}
      </Title>
      <Loaded query={vouchers}>
        {(data) =>
          data.items.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('noVouchers')}
            </Text>
          ) : (
            <Table.ScrollContainer minWidth={400}>
              <Table verticalSpacing="xs">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('code')}</Table.Th>
                    <Table.Th>{t('reward')}</Table.Th>
                    <Table.Th>{t('ends')}</Table.Th>
                    <Table.Th>{t('state')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {data.items.map((each) => (
                    <Table.Tr key={each.id}>
                      <Table.Td ff="monospace">{each.printed ?? each.code ?? each.ending}</Table.Td>
                      <Table.Td>{names.reward(each.reward)}</Table.Td>
                      <Table.Td>{each.ends_at === null ? '–' : day(each.ends_at, zone, language)}</Table.Td>
                      <Table.Td>{t(`voucherStates.${each.state}`)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Loaded>
    </Card>
  );
}

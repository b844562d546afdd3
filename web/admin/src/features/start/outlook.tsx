// What a template would give and cost in its first year, in a typical shop of the trade or in one's own.
import { Button, Group, Paper, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { api, type Schemas } from '@api';
import { AmountInput } from '@shared/amount-input';
import { decimals, money, share, whole } from '@shared/format';
import { About, Failure, Waiting } from '@shared/ui';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useState } from 'react';
import { useOutlookWords } from './outlook.words';

type Assumed = Partial<Record<keyof Schemas['ShopOut'], number>>;
const PAUSE_MS = 500;

export function Outlook({ template, currency }: { template: string; currency: string }) {
  const { t, language } = useOutlookWords();
  const [own, form] = useDisclosure(false);
  const [mine, setMine] = useState<Assumed>({});
  const [asked] = useDebouncedValue(mine, PAUSE_MS);
  const found = api.useQuery(
    'get',
    '/v1/templates/{template}/outlook',
    { params: { path: { template }, query: { currency, ...asked } } },
    { staleTime: Infinity, placeholderData: keepPreviousData },
  );
  const year = found.data;
  const amount = (minor: number) => money(minor, year?.currency ?? currency, language);
  return (
    <Paper withBorder p="md" component="section" aria-label={t('title')}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="xs">
        <Group gap={4} wrap="nowrap">
          <Title order={3}>{t('title')}</Title>
          <About text={t('about')} label={t('aboutLabel')} guide="write-a-program" />
        </Group>
        <Button size="compact-sm" variant="default" leftSection={<IconAdjustmentsHorizontal size={14} />} aria-expanded={own} onClick={form.toggle} style={{ flexShrink: 0 }}>
          {t(own ? 'close' : 'own')}
        </Button>
      </Group>
      {year === undefined ? (
        found.error ? (
          <Failure failure={found.error} retry={() => void found.refetch()} />
        ) : (
          <Waiting rows={7} />
        )
      ) : (
        <Stack gap="sm" style={{ opacity: found.isPlaceholderData ? 0.6 : 1 }} aria-busy={found.isFetching}>
          {own ? (
            <Assumptions year={year} mine={mine} change={setMine} />
          ) : null}
          {found.error ? <Failure failure={found.error} retry={() => void found.refetch()} /> : null}
          <Text size="sm" c="dimmed">
            {t(isTypical(year) ? 'typical' : 'yours', {
              orders: whole(year.shop.orders_per_month, language),
              basket: amount(year.shop.basket_minor),
              margin: year.shop.margin_percent,
              members: year.shop.member_percent,
              each: whole(year.shop.orders_per_member, language),
              redeeming: year.shop.redeeming_percent,
            })}
          </Text>
          <Account year={year} amount={amount} />
          <Wallets wallets={year.wallets} amount={amount} />
          <Text size="xs" c="dimmed">
            {t('sample', { sample: whole(year.sample, language), members: whole(year.members, language) })}
          </Text>
        </Stack>
      )}
    </Paper>
  );
}

/** Whether the figures are those of the typical shop; what was just typed is not computed yet. */
function isTypical({ shop, typical }: Schemas['FirstYearOut']): boolean {
  return (Object.keys(typical) as (keyof Schemas['ShopOut'])[]).every((name) => shop[name] === typical[name]);
}

interface FieldProps {
  label: string;
  value: number;
  suffix?: string;
  currency?: string;
  min: number;
  max: number;
  change: (value: number) => void;
}

function Field({ label, value, suffix, currency, min, max, change }: FieldProps) {
  return (
    <AmountInput
      size="sm"
      label={label}
      value={value}
      min={min}
      max={max}
      hideControls
      {...(currency === undefined ? { allowDecimal: false } : { currency })}
      {...(suffix === undefined ? {} : { suffix })}
      onChange={(said) => {
        if (said !== '' && said >= min && said <= max) {
          change(said);
        }
      }}
    />
  );
}

function Assumptions({ year, mine, change }: { year: Schemas['FirstYearOut']; mine: Assumed; change: (mine: Assumed) => void }) {
  const { t } = useOutlookWords();
  const digits = decimals(year.currency);
  const unit = 10 ** digits;
  const assumed = { ...year.typical, ...mine };
  const set = (name: keyof Assumed) => (value: number) => change({ ...mine, [name]: value });
  const inMinor = (name: keyof Assumed) => (value: number) => set(name)(Math.round(value * unit));
  const given = year.wallets.some((each) => each.kind === 'stamps');
  return (
    <Stack gap="xs" pb="xs">
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
        <Field label={t('fields.orders')} value={assumed.orders_per_month} min={1} max={100_000_000} change={set('orders_per_month')} />
        <Field label={t('fields.basket')} value={assumed.basket_minor / unit} currency={year.currency} min={1 / unit} max={10_000_000} change={inMinor('basket_minor')} />
        <Field label={t('fields.margin')} value={assumed.margin_percent} suffix=" %" min={1} max={100} change={set('margin_percent')} />
        <Field label={t('fields.members')} value={assumed.member_percent} suffix=" %" min={0} max={100} change={set('member_percent')} />
        <Field label={t('fields.each')} value={assumed.orders_per_member} min={1} max={200} change={set('orders_per_member')} />
        <Field label={t('fields.redeeming')} value={assumed.redeeming_percent} suffix=" %" min={0} max={100} change={set('redeeming_percent')} />
        {given ? <Field label={t('fields.gift')} value={assumed.gift_minor / unit} currency={year.currency} min={0} max={10_000_000} change={inMinor('gift_minor')} /> : null}
      </SimpleGrid>
      {Object.keys(mine).length === 0 ? null : (
        <Group>
          <Button size="compact-sm" variant="subtle" onClick={() => change({})}>
            {t('reset')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

interface AccountProps {
  year: Schemas['FirstYearOut'];
  amount: (minor: number) => string;
}

function Account({ year, amount }: AccountProps) {
  const { t, language } = useOutlookWords();
  const lines: readonly [string, string][] = [
    [t('lines.sales'), amount(year.sales_minor)],
    [t('lines.margin', { margin: year.shop.margin_percent }), amount(year.margin_minor)],
    [t('lines.rewards', { count: year.rewards, times: whole(year.rewards, language) }), `− ${amount(year.rewards_minor)}`],
    [t('lines.aside'), `− ${amount(year.liability_minor)}`],
  ];
  return (
    <>
      <SimpleGrid cols={2} spacing="sm">
        <Big value={share(year.cost_rate, language)} words={t('cost', { cost: amount(year.cost_minor) })} />
        <Big
          value={year.extra_rate === null ? '–' : `+ ${share(year.extra_rate, language)}`}
          words={year.extra_minor === null ? t('never') : t('extra', { extra: amount(year.extra_minor) })}
        />
      </SimpleGrid>
      <Table fz="sm" verticalSpacing={6} aria-label={t('title')}>
        <Table.Tbody>
          {lines.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Td pl={0}>{name}</Table.Td>
              <Table.Td ta="right" pr={0} style={{ whiteSpace: 'nowrap' }}>
                {value}
              </Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr fw={600}>
            <Table.Td pl={0}>{t('lines.left')}</Table.Td>
            <Table.Td ta="right" pr={0} style={{ whiteSpace: 'nowrap' }}>
              {amount(year.left_minor)}
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
    </>
  );
}

function Big({ value, words }: { value: string; words: string }) {
  return (
    <div>
      <Text fz={24} fw={650} lh={1.2}>
        {value}
      </Text>
      <Text size="sm" c="dimmed">
        {words}
      </Text>
    </div>
  );
}

function Wallets({ wallets, amount }: { wallets: readonly Schemas['WalletYearOut'][]; amount: (minor: number) => string }) {
  const { t, language } = useOutlookWords();
  return (
    <SimpleGrid cols={{ base: 1, xs: wallets.length > 1 ? 2 : 1 }} spacing="md">
      {wallets.map((each) => {
        const units = (value: number) => (each.kind === 'money' ? amount(value) : whole(value / 10 ** each.scale, language));
        return (
          <Table key={each.id} fz="sm" verticalSpacing={4} withRowBorders={false} captionSide="top">
            <Table.Caption ta="left" fw={600} c="var(--mantine-color-text)" mt={0}>
              {each.name.charAt(0).toUpperCase() + each.name.slice(1)}
            </Table.Caption>
            <Table.Tbody>
              {(['issued', 'redeemed', 'expired', 'outstanding'] as const).map((what) => (
                <Table.Tr key={what}>
                  <Table.Td pl={0}>{t(`units.${what}`)}</Table.Td>
                  <Table.Td ta="right" pr={0}>
                    {units(each[what])}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        );
      })}
    </SimpleGrid>
  );
}

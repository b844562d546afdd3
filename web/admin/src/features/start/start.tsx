import { Card, Chip, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { api, type Schemas } from '@api';
import { share } from '@shared/format';
import { useMay } from '@shared/session';
import { Empty, Loaded, Page } from '@shared/ui';
import {
  IconBed, IconBuildingStore, IconCoffee, IconCoins, IconHanger, IconLock, IconPill, IconScissors, IconShoppingBag, IconShoppingCart,
  IconToolsKitchen2, IconTruck, type Icon,
} from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Chosen } from './chosen';
import { Kinds, KINDS, type Kind } from './kinds';
import { useStartWords } from './words';

const ICONS: Record<string, Icon> = {
  shop: IconShoppingBag,
  supermarket: IconShoppingCart,
  cafe: IconCoffee,
  fashion: IconHanger,
  cashback: IconCoins,
  b2b: IconTruck,
  beauty: IconScissors,
  restaurant: IconToolsKitchen2,
  pharmacy: IconPill,
  hotel: IconBed,
};

/** How a new program starts: from one of the ready-made ones. */
export function StartPage() {
  const { t } = useStartWords();
  const may = useMay();
  const { template } = useSearch({ from: '/signed-in/plain/start' });
  const templates = api.useQuery('get', '/v1/templates', {}, { staleTime: Infinity });
  if (!may('program:create')) {
    return (
      <Page title={t('title')} about={t('about')} guide="concepts">
        <Empty icon={<IconLock size={40} stroke={1.2} />} title={t('notYours')} text={t('notYoursText')} />
      </Page>
    );
  }
  return (
    <Page title={t('title')} about={t('about')} guide="concepts">
      <Loaded query={templates} rows={6}>
        {(items) => {
          const chosen = items.find((each) => each.id === template);
          return chosen === undefined ? <Gallery items={items} /> : <Chosen template={chosen} />;
        }}
      </Loaded>
    </Page>
  );
}

function Gallery({ items }: { items: readonly Schemas['TemplateOut'][] }) {
  const { t } = useStartWords();
  const navigate = useNavigate();
  const { kind } = useSearch({ from: '/signed-in/plain/start' });
  const outlooks = api.useQuery('get', '/v1/outlooks', {}, { staleTime: Infinity });
  const shown = items.filter((each) => kind === undefined || each.kinds.includes(kind));
  return (
    <>
      <Text c="dimmed">{t('choose')}</Text>
      <Chip.Group value={kind ?? 'all'} onChange={(picked) => void navigate({ to: '/start', search: picked === 'all' ? {} : { kind: picked as Kind } })}>
        <Group gap="xs" role="group" aria-label={t('filter')}>
          <Chip value="all">{t('all')}</Chip>
          {KINDS.map((each) => (
            <Chip key={each} value={each}>
              {t(`sorts.${each}`)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {kind === undefined ? null : <Text size="sm">{t(`sortsText.${kind}`)}</Text>}
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="md">
        {shown.map((each) => (
          <Choice key={each.id} template={each} kind={kind} outlook={outlooks.data?.find((one) => one.template === each.id)} />
        ))}
      </SimpleGrid>
    </>
  );
}

function Choice({ template, kind, outlook }: { template: Schemas['TemplateOut']; kind: Kind | undefined; outlook: Schemas['FirstYearOut'] | undefined }) {
  const { t, language } = useStartWords();
  const Sign = ICONS[template.id] ?? IconBuildingStore;
  return (
    <Card
      withBorder
      padding="lg"
      className="choice"
      renderRoot={(props) => <Link to="/start" search={{ template: template.id, ...(kind === undefined ? {} : { kind }) }} {...props} />}
    >
      <Stack gap={6} h="100%">
        <Sign size={26} stroke={1.5} aria-hidden color="var(--mantine-primary-color-filled)" />
        <Text fw={600}>{t(`kinds.${template.id}` as 'kinds.cafe')}</Text>
        <Text size="sm" c="dimmed" style={{ flex: 1 }}>
          {template.summary}
        </Text>
        <Kinds kinds={template.kinds} />
        <Text size="xs" c="dimmed" mih={36}>
          {outlook === undefined
            ? ''
            : t('short', { cost: share(outlook.cost_rate, language), extra: share(outlook.extra_rate, language) })}
        </Text>
      </Stack>
    </Card>
  );
}

import { Anchor, Button, Card, Grid, Group, Paper, Select, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api, type Schemas } from '@api';
import { useMay } from '@shared/session';
import { Empty, Failure, Loaded, Page } from '@shared/ui';
import { useLanguage } from '@shared/words';
import {
  IconArrowLeft, IconBed, IconBuildingStore, IconCoffee, IconCoins, IconHanger, IconLock, IconPill, IconScissors, IconShoppingCart,
  IconToolsKitchen2, IconTruck, type Icon,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Preview } from './preview';
import { useStartWords } from './words';

const ICONS: Record<string, Icon> = {
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
      <Page title={t('title')} about={t('about')}>
        <Empty icon={<IconLock size={40} stroke={1.2} />} title={t('notYours')} text={t('notYoursText')} />
      </Page>
    );
  }
  return (
    <Page title={t('title')} about={t('about')}>
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
  return (
    <>
      <Text c="dimmed">{t('choose')}</Text>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="md">
        {items.map((each) => {
          const Sign = ICONS[each.id] ?? IconBuildingStore;
          return (
            <Card
              key={each.id}
              withBorder
              padding="lg"
              className="choice"
              renderRoot={(props) => <Link to="/start" search={{ template: each.id }} {...props} />}
            >
              <Stack gap={6}>
                <Sign size={26} stroke={1.5} aria-hidden color="var(--mantine-primary-color-filled)" />
                <Text fw={600}>{t(`kinds.${each.id}` as 'kinds.cafe')}</Text>
                <Text size="sm" c="dimmed">
                  {each.summary}
                </Text>
              </Stack>
            </Card>
          );
        })}
      </SimpleGrid>
    </>
  );
}

function Chosen({ template }: { template: Schemas['TemplateOut'] }) {
  const { t } = useStartWords();
  const form = useForm({ initialValues: { name: '', slug: '', currency: 'EUR', timezone: Intl.DateTimeFormat().resolvedOptions().timeZone } });
  const preview = api.useQuery('get', '/v1/templates/{template}/preview', {
    params: { path: { template: template.id }, query: { currency: form.values.currency } },
  });
  return (
    <>
      <Group justify="space-between">
        <Anchor size="sm" renderRoot={(props) => <Link to="/start" {...props} />}>
          <Group gap={4}>
            <IconArrowLeft size={14} aria-hidden />
            {t('others')}
          </Group>
        </Anchor>
      </Group>
      <Grid gap="xl">
        <Grid.Col span={{ base: 12, md: 7 }} order={{ base: 2, md: 1 }}>
          <Title order={2}>{t(`kinds.${template.id}` as 'kinds.cafe')}</Title>
          <Text c="dimmed" mb="md">
            {template.summary}
          </Text>
          <Loaded query={preview} rows={8}>
            {(found) => <Preview sentences={found.sentences} />}
          </Loaded>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }} order={{ base: 1, md: 2 }}>
          <Paper withBorder p="lg" style={{ position: 'sticky', top: 80 }}>
            <Create form={form} template={template} />
          </Paper>
        </Grid.Col>
      </Grid>
    </>
  );
}

/** A name as part of an address: small letters, digits and hyphens. */
function addressOf(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[̀-ͯ]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
}

interface New {
  name: string;
  slug: string;
  currency: string;
  timezone: string;
}

function Create({ form, template }: { form: ReturnType<typeof useForm<New>>; template: Schemas['TemplateOut'] }) {
  const { t } = useStartWords();
  const language = useLanguage();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const create = api.useMutation('post', '/v1/programs', {
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ['get', '/v1/auth/me'] });
      await navigate({ to: '/p/$program/launch', params: { program: made.slug } });
    },
  });
  const currencies = new Intl.DisplayNames(language, { type: 'currency' });
  const { name, slug } = form.values;
  return (
    <form
      onSubmit={form.onSubmit((said) =>
        create.mutate({ body: { name: said.name.trim(), slug: addressOf(said.slug === '' ? said.name : said.slug), currency: said.currency, timezone: said.timezone, template: template.id, publish: true } }),
      )}
    >
      <Stack>
        <TextInput label={t('name')} description={t('nameHint')} placeholder={template.name} required withAsterisk={false} maxLength={200} autoFocus {...form.getInputProps('name')} />
        <TextInput
          label={t('slug')}
          description={t('slugHint')}
          placeholder={addressOf(name) || 'club'}
          value={slug}
          onChange={(event) => form.setFieldValue('slug', event.currentTarget.value)}
          onBlur={() => form.setFieldValue('slug', addressOf(slug))}
        />
        <Select
          label={t('currency')}
          searchable
          allowDeselect={false}
          data={Intl.supportedValuesOf('currency').map((each) => ({ value: each, label: `${each} – ${currencies.of(each) ?? each}` }))}
          {...form.getInputProps('currency')}
        />
        <Select label={t('zone')} description={t('zoneHint')} searchable allowDeselect={false} data={zones()} {...form.getInputProps('timezone')} />
        {create.error ? <Failure failure={create.error} writing /> : null}
        <Button type="submit" loading={create.isPending}>
          {t('create')}
        </Button>
        <Text size="xs" c="dimmed">
          {t('createHint')}
        </Text>
      </Stack>
    </form>
  );
}

/** Every zone, and that of the browser where the list calls it otherwise. */
function zones(): string[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone'), Intl.DateTimeFormat().resolvedOptions().timeZone])].sort();
}

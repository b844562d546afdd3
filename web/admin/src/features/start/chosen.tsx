// One ready-made program: what members would meet, what it would cost, and making it.
import { Anchor, Button, Grid, Group, Paper, Select, Stack, Tabs, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api, type Schemas } from '@api';
import { addressOf } from '@shared/address';
import { Failure, Loaded } from '@shared/ui';
import { useLanguage } from '@shared/words';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Kinds } from './kinds';
import { MemberView } from './member-view';
import { Outlook } from './outlook';
import { Preview } from './preview';
import { useStartWords } from './words';

export function Chosen({ template }: { template: Schemas['TemplateOut'] }) {
  const { t } = useStartWords();
  const form = useForm({ initialValues: { name: '', slug: '', currency: 'EUR', timezone: Intl.DateTimeFormat().resolvedOptions().timeZone } });
  const preview = api.useQuery('get', '/v1/templates/{template}/preview', {
    params: { path: { template: template.id }, query: { currency: form.values.currency } },
  });
  return (
    <>
      <Group justify="space-between">
        <Anchor size="sm" renderRoot={(props) => <Link to="/start" search={(before) => ({ kind: before.kind })} {...props} />}>
          <Group gap={4}>
            <IconArrowLeft size={14} aria-hidden />
            {t('others')}
          </Group>
        </Anchor>
      </Group>
      <Grid gap="xl">
        <Grid.Col span={{ base: 12, md: 7 }} order={{ base: 2, md: 1 }}>
          <Title order={2}>{t(`kinds.${template.id}` as 'kinds.cafe')}</Title>
          <Text c="dimmed">{template.summary}</Text>
          <Group mt="xs" mb="md">
            <Kinds kinds={template.kinds} />
          </Group>
          <Stack gap="md">
            <Loaded query={preview} rows={8}>
              {(found) => (
                <Tabs defaultValue="member" keepMounted={false}>
                  <Tabs.List mb="md">
                    <Tabs.Tab value="member">{t('asMember')}</Tabs.Tab>
                    <Tabs.Tab value="rules">{t('asRules')}</Tabs.Tab>
                  </Tabs.List>
                  <Tabs.Panel value="member">
                    <MemberView view={found.member} called={form.values.name} />
                  </Tabs.Panel>
                  <Tabs.Panel value="rules">
                    <Preview sentences={found.sentences} />
                  </Tabs.Panel>
                </Tabs>
              )}
            </Loaded>
            <Outlook template={template.id} currency={form.values.currency} />
          </Stack>
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

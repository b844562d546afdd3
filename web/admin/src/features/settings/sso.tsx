// Whose accounts people may sign in with, besides a password of their own.
import { Badge, Button, Code, Group, Modal, Paper, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { addressOf } from '@shared/address';
import { Confirm } from '@shared/confirm';
import { PasswordInput } from '@shared/password-input';
import { useMay } from '@shared/session';
import { Empty, Failure, Loaded, Page } from '@shared/ui';
import { IconLogin2, IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSettingsWords } from './words';

type Provider = Schemas['ProviderOut'];

export function SsoPage() {
  const { t } = useSettingsWords();
  const queries = useQueryClient();
  const may = useMay();
  const [open, setOpen] = useState<Provider | 'new' | null>(null);
  const [removing, setRemoving] = useState<Provider | null>(null);
  const providers = api.useQuery('get', '/v1/organization/sso');
  const again = () => {
    setOpen(null);
    setRemoving(null);
    void queries.invalidateQueries({ queryKey: ['get', '/v1/organization/sso'] });
    notifications.show({ message: t('saved') });
  };
  const remove = api.useMutation('delete', '/v1/organization/sso/{provider}', { onSuccess: again });
  const add = may('staff:write') ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen('new')}>
      {t('newProvider')}
    </Button>
  ) : null;
  return (
    <Page title={t('sso')} about={t('ssoAbout')} guide="staff-and-sign-in" actions={add}>
      <Loaded query={providers}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={<IconLogin2 size={40} stroke={1.2} />} title={t('noProviders')} text={t('noProvidersText')} action={add} />
          ) : (
            <Stack gap="sm">
              {items.map((each) => (
                <Paper key={each.id} withBorder p="md" component="section" aria-label={each.name}>
                  <Group justify="space-between" align="flex-start">
                    <Stack gap={4} miw={0} style={{ flexBasis: 280, flexGrow: 1 }}>
                      <Group gap="xs">
                        <Text fw={500}>{each.name}</Text>
                        {each.fixed ? (
                          <Badge variant="light" color="gray">
                            {t('providerFixed')}
                          </Badge>
                        ) : null}
                      </Group>
                      <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                        {each.issuer}
                      </Text>
                      <Text size="sm">{each.domains.length === 0 ? t('onlyStaff') : t('ofDomains', { domains: each.domains.join(', ') })}</Text>
                      <Text size="xs" c="dimmed">
                        {t('redirect')}
                      </Text>
                      <Code style={{ overflowWrap: 'anywhere' }}>{each.redirect}</Code>
                    </Stack>
                    {may('staff:write') && !each.fixed ? (
                      <Group gap="xs">
                        <Button size="xs" variant="default" onClick={() => setOpen(each)}>
                          {t('change')}
                        </Button>
                        <Button size="xs" variant="subtle" color="red" onClick={() => setRemoving(each)}>
                          {t('remove')}
                        </Button>
                      </Group>
                    ) : null}
                  </Group>
                </Paper>
              ))}
            </Stack>
          )
        }
      </Loaded>
      {open === null ? null : <ProviderForm provider={open === 'new' ? null : open} onDone={again} onClose={() => setOpen(null)} />}
      <Confirm
        opened={removing !== null}
        title={t('removeProvider', { name: removing?.name ?? '' })}
        verb={t('remove')}
        danger
        busy={remove.isPending}
        failure={remove.error}
        onConfirm={() => removing !== null && remove.mutate({ params: { path: { provider: removing.id } } })}
        onClose={() => {
          remove.reset();
          setRemoving(null);
        }}
      >
        <Text size="sm">{t('removeProviderText')}</Text>
      </Confirm>
    </Page>
  );
}

function ProviderForm({ provider, onDone, onClose }: { provider: Provider | null; onDone: () => void; onClose: () => void }) {
  const { t, language } = useSettingsWords();
  const roles = api.useQuery('get', '/v1/organization/roles');
  const form = useForm({
    initialValues: {
      id: provider?.id ?? '',
      name: provider?.name ?? '',
      issuer: provider?.issuer ?? '',
      client_id: provider?.client_id ?? '',
      secret: '',
      domains: provider?.domains ?? [],
      new_role: provider?.new_role ?? null,
    },
  });
  const put = api.useMutation('put', '/v1/organization/sso/{provider}', { onSuccess: onDone });
  // An id begins with a letter.
  const id = form.values.id.trim() || addressOf(form.values.name).replace(/^[^a-z]+/, '').slice(0, 40);
  const save = form.onSubmit(({ id: _, secret, ...rest }) =>
    put.mutate({ params: { path: { provider: id } }, body: { ...rest, ...(secret === '' ? {} : { secret }) } }),
  );
  return (
    <Modal opened onClose={onClose} size="lg" title={<Text fw={600}>{provider === null ? t('newProvider') : provider.name}</Text>} closeButtonProps={{ 'aria-label': t('done') }}>
      <form onSubmit={save}>
        <Stack>
          <TextInput label={t('name')} description={t('providerName')} required withAsterisk={false} data-autofocus {...form.getInputProps('name')} />
          <TextInput label={t('storeId')} description={t('providerId')} placeholder={id} readOnly={provider !== null} variant={provider === null ? 'default' : 'filled'} {...form.getInputProps('id')} />
          {id === '' ? null : (
            <div>
              <Text size="sm" fw={500}>
                {t('redirect')}
              </Text>
              <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
                {provider?.redirect ?? `${window.location.origin}/v1/auth/sso/${id}/callback`}
              </Code>
            </div>
          )}
          <TextInput label={t('issuer')} type="url" placeholder="https://login.example.com" required withAsterisk={false} {...form.getInputProps('issuer')} />
          <TextInput label={t('clientId')} required withAsterisk={false} {...form.getInputProps('client_id')} />
          <PasswordInput label={t('clientSecret')} description={provider?.has_secret ? t('secretStays') : undefined} autoComplete="off" {...form.getInputProps('secret')} />
          <TagsInput label={t('domains')} description={t('domainsText')} placeholder="example.com" {...form.getInputProps('domains')} />
          <Select
            label={t('newRoleOf')}
            description={t('newRoleOfText')}
            placeholder={t('nobodyNew')}
            clearable
            data={(roles.data ?? []).map((each) => ({ value: each.id, label: each.name[language] }))}
            {...form.getInputProps('new_role')}
          />
          {put.error ? <Failure failure={put.error} writing /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={put.isPending}>
              {t('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

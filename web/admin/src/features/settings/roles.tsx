// What each kind of person may do, and roles of one's own.
import { Badge, Button, Checkbox, Group, Modal, Paper, SimpleGrid, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { AmountInput } from '@shared/amount-input';
import { Confirm } from '@shared/confirm';
import { whole } from '@shared/format';
import { useMay } from '@shared/session';
import { Failure, Loaded, Page } from '@shared/ui';
import { IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSettingsWords } from './words';

type Role = Schemas['RoleWordsOut'];
type Permission = Schemas['Permission'];

export function RolesPage() {
  const { t, language } = useSettingsWords();
  const queries = useQueryClient();
  const may = useMay();
  const roles = api.useQuery('get', '/v1/organization/roles');
  const permissions = api.useQuery('get', '/v1/organization/permissions');
  const [open, setOpen] = useState<Role | 'new' | null>(null);
  const [removing, setRemoving] = useState<Role | null>(null);
  const again = () => {
    void queries.invalidateQueries({ queryKey: ['get', '/v1/organization/roles'] });
    notifications.show({ message: t('saved') });
  };
  const remove = api.useMutation('delete', '/v1/organization/roles/{role}', {
    onSuccess: () => {
      setRemoving(null);
      again();
    },
  });
  const total = permissions.data?.length;
  return (
    <Page
      title={t('roles')}
      about={t('rolesAbout')} guide="staff-and-sign-in"
      actions={
        may('staff:write') ? (
          <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen('new')}>
            {t('newRole')}
          </Button>
        ) : null
      }
    >
      <Loaded query={roles}>
        {(items) => (
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {items.map((role) => (
              <Paper key={role.id} withBorder p="md" component="section" aria-label={role.name[language]}>
                <Stack gap="xs" h="100%">
                  <Group justify="space-between">
                    <Title order={2} size="h3">
                      {role.name[language]}
                    </Title>
                    {role.built_in ? null : <Badge variant="light">{t('ownRole')}</Badge>}
                  </Group>
                  {role.description === null ? null : (
                    <Text size="sm" c="dimmed">
                      {role.description[language]}
                    </Text>
                  )}
                  <Text size="sm">
                    {t(total === undefined ? 'permissionsHere' : 'permissionsOf', { count: role.permissions.length, total })}
                    {role.permissions.includes('points:adjust')
                      ? ` · ${role.adjust_limit === null ? t('noAdjustLimit') : t('adjustLimitOf', { most: whole(role.adjust_limit, language) })}`
                      : ''}
                  </Text>
                  <Group mt="auto" gap="xs">
                    <Button size="xs" variant="default" onClick={() => setOpen(role)}>
                      {may('staff:write') ? t('seeAndChange') : t('see')}
                    </Button>
                    {may('staff:write') && !role.built_in ? (
                      <Button size="xs" variant="subtle" color="red" onClick={() => setRemoving(role)}>
                        {t('remove')}
                      </Button>
                    ) : null}
                  </Group>
                </Stack>
              </Paper>
            ))}
          </SimpleGrid>
        )}
      </Loaded>
      {open === null ? null : (
        <RoleForm
          role={open === 'new' ? null : open}
          permissions={permissions.data ?? []}
          readOnly={!may('staff:write')}
          onDone={() => {
            setOpen(null);
            again();
          }}
          onClose={() => setOpen(null)}
        />
      )}
      <Confirm
        opened={removing !== null}
        title={t('removeRole', { name: removing?.name[language] ?? '' })}
        verb={t('remove')}
        danger
        busy={remove.isPending}
        failure={remove.error}
        onConfirm={() => removing !== null && remove.mutate({ params: { path: { role: removing.id } } })}
        onClose={() => {
          remove.reset();
          setRemoving(null);
        }}
      >
        <Text size="sm">{t('removeRoleText')}</Text>
      </Confirm>
    </Page>
  );
}

interface RoleFormProps {
  role: Role | null;
  permissions: Schemas['PermissionOut'][];
  readOnly: boolean;
  onDone: () => void;
  onClose: () => void;
}

function RoleForm({ role, permissions, readOnly, onDone, onClose }: RoleFormProps) {
  const { t, language } = useSettingsWords();
  const form = useForm({
    initialValues: {
      id: role?.id ?? '',
      permissions: role?.permissions ?? ([] as Permission[]),
      adjust_limit: (role?.adjust_limit ?? '') as number | '',
    },
    validate: { id: (id) => (/^[a-z][a-z0-9_]{1,39}$/.test(id) ? null : t('roleIdFault')) },
  });
  const put = api.useMutation('put', '/v1/organization/roles/{role}', { onSuccess: onDone });
  const fixed = readOnly || (role?.built_in ?? false);
  const groups = [...new Set(permissions.map((each) => each.group[language]))];
  const save = form.onSubmit((values) =>
    put.mutate({
      params: { path: { role: values.id } },
      body: {
        adjust_limit: values.adjust_limit === '' ? null : values.adjust_limit,
        ...(role?.built_in ? {} : { permissions: values.permissions }),
      },
    }),
  );
  return (
    <Modal opened onClose={onClose} size="lg" title={<Text fw={600}>{role === null ? t('newRole') : role.name[language]}</Text>} closeButtonProps={{ 'aria-label': t('done') }}>
      <form onSubmit={save}>
        <Stack>
          {role === null ? (
            <TextInput label={t('roleId')} description={t('roleIdText')} required withAsterisk={false} data-autofocus {...form.getInputProps('id')} />
          ) : null}
          {role?.built_in ? (
            <Text size="sm" c="dimmed">
              {t('builtInText')}
            </Text>
          ) : null}
          <AmountInput
            label={t('adjustLimit')}
            description={t('adjustLimitText')}
            placeholder={t('noAdjustLimit')}
            min={0}
            allowDecimal={false}
            readOnly={readOnly}
            {...form.getInputProps('adjust_limit')}
          />
          <Checkbox.Group {...form.getInputProps('permissions')} label={t('permissions')}>
            <Stack gap="md" mt="xs">
              {groups.map((group) => (
                <Stack key={group} gap={6}>
                  <Text size="xs" fw={600} c="dimmed" tt="uppercase">
                    {group}
                  </Text>
                  {permissions
                    .filter((each) => each.group[language] === group)
                    .map((each) => (
                      <Checkbox key={each.id} value={each.id} label={each.description[language]} disabled={fixed} />
                    ))}
                </Stack>
              ))}
            </Stack>
          </Checkbox.Group>
          {put.error ? <Failure failure={put.error} writing /> : null}
          {readOnly ? null : (
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t('cancel')}
              </Button>
              <Button type="submit" loading={put.isPending}>
                {t('save')}
              </Button>
            </Group>
          )}
        </Stack>
      </form>
    </Modal>
  );
}

// What a new key may do: three usual sets, or chosen one by one.
import { Button, Checkbox, Group, Modal, Radio, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { api, type Schemas } from '@api';
import { DayInput } from '@shared/day-input';
import { useMe, useProgram } from '@shared/session';
import { Failure } from '@shared/ui';
import { useState } from 'react';
import { useSettingsWords } from './words';

type Permission = Schemas['Permission'];

const SHOP: Permission[] = [
  'events:write', 'carts:evaluate', 'members:read', 'members:write', 'redemptions:write', 'vouchers:read', 'vouchers:write',
];
const READER: Permission[] = ['events:read', 'members:read', 'program:read', 'reports:read', 'vouchers:read'];
const SETS = { shop: SHOP, reader: READER, own: null } as const;

export function KeyForm({ onDone, onClose }: { onDone: (key: Schemas['NewKeyOut']) => void; onClose: () => void }) {
  const { t, language } = useSettingsWords();
  const me = useMe();
  const program = useProgram();
  const permissions = api.useQuery('get', '/v1/organization/permissions');
  const [kind, setKind] = useState<keyof typeof SETS>('shop');
  const held = new Set<Permission>(me.data?.permissions ?? []);
  const form = useForm({
    initialValues: { name: '', only: true, own: [] as Permission[], networks: [] as string[], expires: '' },
  });
  const make = api.useMutation('post', '/v1/organization/keys', { onSuccess: onDone });
  const save = form.onSubmit((values) =>
    make.mutate({
      body: {
        name: values.name,
        scopes: (SETS[kind] ?? values.own).filter((each) => held.has(each)),
        program: values.only ? (program?.slug ?? null) : null,
        networks: values.networks,
        expires_at: values.expires === '' ? null : new Date(`${values.expires}T23:59:59`).toISOString(),
      },
    }),
  );
  return (
    <Modal opened onClose={onClose} size="lg" title={<Text fw={600}>{t('newKey')}</Text>} closeButtonProps={{ 'aria-label': t('done') }}>
      <form onSubmit={save}>
        <Stack>
          <TextInput label={t('name')} placeholder={t('keyNameExample')} required withAsterisk={false} maxLength={200} data-autofocus {...form.getInputProps('name')} />
          <Radio.Group label={t('keyKind')} value={kind} onChange={(value) => setKind(value as keyof typeof SETS)}>
            <Stack gap="xs" mt="xs">
              <Radio value="shop" label={t('keyShop')} description={t('keyShopText')} />
              <Radio value="reader" label={t('keyReader')} description={t('keyReaderText')} />
              <Radio value="own" label={t('keyOwn')} description={t('keyOwnText')} />
            </Stack>
          </Radio.Group>
          {kind === 'own' ? (
            <Checkbox.Group label={t('permissions')} {...form.getInputProps('own')}>
              <Stack gap={6} mt="xs">
                {(permissions.data ?? [])
                  .filter((each) => held.has(each.id))
                  .map((each) => (
                    <Checkbox key={each.id} value={each.id} label={each.description[language]} />
                  ))}
              </Stack>
            </Checkbox.Group>
          ) : null}
          <Checkbox label={t('onlyThisProgram', { name: program?.name ?? '' })} {...form.getInputProps('only', { type: 'checkbox' })} />
          <TagsInput label={t('networks')} description={t('networksText')} placeholder="203.0.113.0/24" {...form.getInputProps('networks')} />
          <DayInput label={t('ends')} description={t('endsText')} clearable min={new Date().toISOString().slice(0, 10)} {...form.getInputProps('expires')} value={form.values.expires} />
          {make.error ? <Failure failure={make.error} writing /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={make.isPending} disabled={kind === 'own' && form.values.own.length === 0}>
              {t('makeKey')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

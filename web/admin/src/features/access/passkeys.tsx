// One's passkeys: adding one on this device, and removing those of devices one no longer has.
import { Badge, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { day } from '@shared/format';
import { PasswordInput } from '@shared/password-input';
import { Failure, Loaded } from '@shared/ui';
import { IconFingerprint } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Section } from './section';
import { knowsPasskeys, made } from './webauthn';
import { useAccountWords } from './words';

type Passkey = Schemas['PasskeyOut'];

export function Passkeys({ withCode }: { withCode: boolean }) {
  const { t, language } = useAccountWords();
  const passkeys = api.useQuery('get', '/v1/auth/passkeys');
  const [open, setOpen] = useState<Passkey | 'new'>();
  const [naming, setNaming] = useState<Passkey>();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Section title={t('passkeys')} text={t('passkeysText')}>
      <Loaded query={passkeys} rows={2}>
        {(items) => (
          <Stack gap="sm">
            {items.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t('noPasskeys')}
              </Text>
            ) : null}
            {items.map((each) => (
              <Group key={each.id} justify="space-between" gap="xs">
                <Group gap="sm" wrap="nowrap" miw={0} flex="1 1 180px">
                  <IconFingerprint size={20} stroke={1.5} aria-hidden />
                  <div>
                    <Text size="sm" fw={500}>
                      {each.name} {each.shut_at === null ? null : <Badge color="red">{t('passkeyShut')}</Badge>}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {each.used_at === null ? t('passkeyUnused') : t('passkeyUsed', { when: day(each.used_at, zone, language) })}
                    </Text>
                  </div>
                </Group>
                <Group gap="xs">
                  <Button size="xs" variant="default" onClick={() => setNaming(each)} aria-label={`${t('rename')}: ${each.name}`}>
                    {t('rename')}
                  </Button>
                  <Button size="xs" variant="default" onClick={() => setOpen(each)} aria-label={`${t('remove')}: ${each.name}`}>
                    {t('remove')}
                  </Button>
                </Group>
              </Group>
            ))}
            {knowsPasskeys() ? (
              <Group>
                <Button variant={items.length === 0 ? 'filled' : 'default'} onClick={() => setOpen('new')}>
                  {t('addPasskey')}
                </Button>
              </Group>
            ) : null}
          </Stack>
        )}
      </Loaded>
      {naming === undefined ? null : <Renaming passkey={naming} onClose={() => setNaming(undefined)} />}
      {open === undefined ? null : <Proving passkey={open} withCode={withCode} onClose={() => setOpen(undefined)} />}
    </Section>
  );
}

function Renaming({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const { t } = useAccountWords();
  const queries = useQueryClient();
  const [name, setName] = useState(passkey.name);
  const rename = api.useMutation('patch', '/v1/auth/passkeys/{passkey_id}', {
    onSuccess: () => {
      notifications.show({ message: t('saved') });
      void queries.invalidateQueries({ queryKey: ['get', '/v1/auth/passkeys'] });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('close') }} title={<Text fw={600}>{t('renamePasskey', { name: passkey.name })}</Text>} centered>
      <form onSubmit={(event) => (event.preventDefault(), rename.mutate({ params: { path: { passkey_id: passkey.id } }, body: { name: name.trim() } }))}>
        <Stack>
          <TextInput label={t('passkeyName')} value={name} onChange={(event) => setName(event.currentTarget.value)} required withAsterisk={false} maxLength={200} data-autofocus />
          {rename.error ? <Failure failure={rename.error} writing /> : null}
          <Button type="submit" disabled={name.trim() === ''} loading={rename.isPending}>
            {t('save')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function Proving({ passkey, withCode, onClose }: { passkey: Passkey | 'new'; withCode: boolean; onClose: () => void }) {
  const { t } = useAccountWords();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [unused, setUnused] = useState(false);
  const done = (message: string) => {
    notifications.show({ message });
    void queries.invalidateQueries({ queryKey: ['get', '/v1/auth/passkeys'] });
    onClose();
  };
  const begin = api.useMutation('post', '/v1/auth/passkeys/begin');
  const add = api.useMutation('post', '/v1/auth/passkeys', { onSuccess: () => done(t('passkeyAdded')) });
  const remove = api.useMutation('post', '/v1/auth/passkeys/{passkey_id}/remove', { onSuccess: () => done(t('passkeyRemoved')) });
  const proof = { password: password === '' ? null : password, code: code.trim() === '' ? null : code.trim() };
  const act = async (event: FormEvent) => {
    event.preventDefault();
    setUnused(false);
    if (passkey !== 'new') {
      remove.mutate({ params: { path: { passkey_id: passkey.id } }, body: proof });
      return;
    }
    const options = await begin.mutateAsync({ body: proof }).catch(() => undefined);
    if (options !== undefined) {
      const credential = await made(options).catch(() => undefined);
      if (credential === undefined) {
        setUnused(true);
      } else {
        add.mutate({ body: { name: name.trim(), credential } });
      }
    }
  };
  const failure = begin.error ?? add.error ?? remove.error;
  const isNew = passkey === 'new';
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('close') }} title={<Text fw={600}>{isNew ? t('addPasskey') : t('removePasskey', { name: passkey.name })}</Text>} centered>
      <form onSubmit={(event) => void act(event)}>
        <Stack>
          {isNew ? (
            <TextInput label={t('passkeyName')} placeholder={t('passkeyNameHint')} value={name} onChange={(event) => setName(event.currentTarget.value)} required withAsterisk={false} maxLength={200} data-autofocus />
          ) : (
            <Text size="sm">{t('removePasskeyText')}</Text>
          )}
          <PasswordInput label={t('prove')} description={withCode ? undefined : t('proveText')} value={password} onChange={(event) => setPassword(event.currentTarget.value)} autoComplete="current-password" />
          {withCode ? <TextInput label={t('proveCode')} value={code} onChange={(event) => setCode(event.currentTarget.value)} autoComplete="one-time-code" /> : null}
          {failure ? <Failure failure={failure} writing /> : null}
          {unused ? (
            <Text size="sm" role="status">
              {t('passkeyNotMade')}
            </Text>
          ) : null}
          <Button type="submit" loading={begin.isPending || add.isPending || remove.isPending} {...(isNew ? {} : { color: 'red' })}>
            {isNew ? t('go') : t('remove')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

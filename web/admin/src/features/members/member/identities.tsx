// How she is recognised: e-mail, phone, cards, ids elsewhere; adding, verifying and removing them.
import { ActionIcon, Badge, Button, Card, Group, Menu, Modal, Select, Stack, Text, TextInput, Title, Tooltip } from '@mantine/core';
import { api, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { day } from '@shared/format';
import { useMay } from '@shared/session';
import { Failure } from '@shared/ui';
import { IconCircleCheck, IconDots, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { usePath, useRefresh, useZone, type Member } from './data';
import { useOneWords } from './words';

type Identity = Schemas['IdentityOut'];
const KINDS = ['email', 'phone', 'card'] as const;
type Kind = (typeof KINDS)[number];

function useKindName(): (kind: string) => string {
  const { t } = useOneWords();
  return (kind) => {
    const [stem = '', source = ''] = kind.split(':');
    return stem === 'external' ? t('identityKinds.external', { source }) : t(`identityKinds.${stem as 'email'}`);
  };
}

export function Identities({ member }: { member: Member }) {
  const { t, language } = useOneWords();
  const zone = useZone();
  const may = useMay();
  const kindName = useKindName();
  const path = usePath();
  const refresh = useRefresh();
  const [adding, setAdding] = useState(false);
  const [verifying, setVerifying] = useState<Identity | null>(null);
  const [removing, setRemoving] = useState<Identity | null>(null);
  const remove = api.useMutation('post', '/v1/programs/{program}/members/{member_id}/identities/remove', {
    onSuccess: () => {
      setRemoving(null);
      refresh();
    },
  });
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" mb="xs" wrap="nowrap">
        <Title order={2} size="h3">{t('identities')}</Title>
        {may('members:write') ? (
          <Button size="compact-sm" variant="subtle" leftSection={<IconPlus size={14} />} onClick={() => setAdding(true)}>
            {t('addIdentity')}
          </Button>
        ) : null}
      </Group>
      <Stack gap="xs">
        {member.identities.map((each) => (
          <Group key={`${each.kind} ${each.value}`} justify="space-between" wrap="nowrap" gap="xs">
            <div style={{ minWidth: 0 }}>
              <Text size="xs" c="dimmed">
                {kindName(each.kind)}
              </Text>
              <Group gap={6}>
                <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                  {each.value}
                </Text>
                {each.verified_at === null ? (
                  each.kind === 'email' || each.kind === 'phone' ? (
                    <Badge size="sm" variant="default" tt="none">
                      {t('notVerified')}
                    </Badge>
                  ) : null
                ) : (
                  <Tooltip label={t('verifiedHow', { day: day(each.verified_at, zone, language), how: evidenceOf(each.evidence) })} multiline maw={280}>
                    <Badge size="sm" variant="light" color="teal" autoContrast tt="none" leftSection={<IconCircleCheck size={12} />}>
                      {t('verified')}
                    </Badge>
                  </Tooltip>
                )}
              </Group>
            </div>
            {may('members:write') ? (
              <Menu position="bottom-end">
                <Menu.Target>
                  <ActionIcon variant="subtle" color="gray" aria-label={`${t('actions')}: ${each.value}`}>
                    <IconDots size={16} />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  {each.verified_at === null ? <Menu.Item onClick={() => setVerifying(each)}>{t('verify')}</Menu.Item> : null}
                  <Menu.Item c="var(--mantine-color-error)" onClick={() => setRemoving(each)}>
                    {t('removeIdentity')}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            ) : null}
          </Group>
        ))}
      </Stack>
      <Modal opened={adding} onClose={() => setAdding(false)} title={<Text fw={600}>{t('addIdentity')}</Text>} centered closeButtonProps={{ 'aria-label': t('close') }}>
        <Add onDone={() => setAdding(false)} />
      </Modal>
      <Modal opened={verifying !== null} onClose={() => setVerifying(null)} title={<Text fw={600}>{t('verifyTitle', { value: verifying?.value ?? '' })}</Text>} centered closeButtonProps={{ 'aria-label': t('close') }}>
        {verifying === null ? null : <Verify identity={verifying} onDone={() => setVerifying(null)} />}
      </Modal>
      <Confirm
        opened={removing !== null}
        title={t('removeIdentityTitle', { value: removing?.value ?? '' })}
        verb={t('removeIdentity')}
        danger
        busy={remove.isPending}
        failure={remove.error}
        onConfirm={() => removing && remove.mutate({ params: { path }, body: { kind: removing.kind, value: removing.value } })}
        onClose={() => {
          remove.reset();
          setRemoving(null);
        }}
      >
        <Text size="sm">{t('removeIdentityText', { left: member.identities.length - 1 })}</Text>
      </Confirm>
    </Card>
  );
}

function evidenceOf(evidence: Identity['evidence']): string {
  const said = (evidence ?? {}) as { note?: string | null; source?: string };
  return said.note ?? said.source ?? '';
}

function Add({ onDone }: { onDone: () => void }) {
  const { t } = useOneWords();
  const path = usePath();
  const refresh = useRefresh();
  const kindName = useKindName();
  const [kind, setKind] = useState<Kind>('email');
  const [value, setValue] = useState('');
  const add = api.useMutation('post', '/v1/programs/{program}/members/{member_id}/identities', {
    onSuccess: () => {
      refresh();
      onDone();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate({ params: { path }, body: { [kind]: value.trim() } });
      }}
    >
      <Stack>
        <Select label={t('kind')} data={KINDS.map((each) => ({ value: each, label: kindName(each) }))} value={kind} onChange={(chosen) => setKind((chosen ?? 'email') as Kind)} allowDeselect={false} />
        <TextInput label={t('value')} value={value} maxLength={254} required onChange={(event) => setValue(event.currentTarget.value)} data-autofocus />
        {add.error ? <Failure failure={add.error} writing /> : null}
        <Group justify="flex-end">
          <Button type="submit" loading={add.isPending} disabled={value.trim() === ''}>
            {t('addIdentity')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Verify({ identity, onDone }: { identity: Identity; onDone: () => void }) {
  const { t } = useOneWords();
  const path = usePath();
  const refresh = useRefresh();
  const [how, setHow] = useState('');
  const verify = api.useMutation('post', '/v1/programs/{program}/members/{member_id}/identities/verify', {
    onSuccess: () => {
      refresh();
      onDone();
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        verify.mutate({ params: { path }, body: { kind: identity.kind, value: identity.value, evidence: { source: 'admin', note: how.trim() } } });
      }}
    >
      <Stack>
        <TextInput label={t('verifyText')} placeholder={t('verifyHow')} value={how} maxLength={500} required onChange={(event) => setHow(event.currentTarget.value)} data-autofocus />
        {verify.error ? <Failure failure={verify.error} writing /> : null}
        <Group justify="flex-end">
          <Button type="submit" loading={verify.isPending} disabled={how.trim() === ''}>
            {t('verify')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

// API keys: make, see when they were last used, replace with overlap, end.
import { ActionIcon, Badge, Button, Code, Group, Menu, Stack, Text, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { day, moment } from '@shared/format';
import { paged, Rows } from '@shared/rows';
import { useMay, useMe, useProgram } from '@shared/session';
import { Empty, Page } from '@shared/ui';
import { IconDots, IconKey, IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { KeyForm } from './key-form';
import { Once } from './once';
import { useSettingsWords } from './words';

type Key = Schemas['puntal__access__api__shapes__KeyOut'];

/** Something to ask for with each right, the plainest first: a line that is said to work has to. */
const ASKS: readonly (readonly [Schemas['Permission'], string])[] = [
  ['program:read', 'rewards'],
  ['members:read', 'members?limit=1'],
  ['events:read', 'events?limit=1'],
  ['webhooks:read', 'webhooks/endpoints'],
  ['audit:read', 'audit?limit=1'],
  ['approvals:read', 'approvals?limit=1'],
];

export function KeysPage() {
  const { t, language } = useSettingsWords();
  const queries = useQueryClient();
  const may = useMay();
  const me = useMe();
  const program = useProgram();
  const zone = program?.timezone ?? 'UTC';
  const keys = api.useInfiniteQuery('get', '/v1/organization/keys', {}, paged);
  const [making, setMaking] = useState(false);
  const [asking, setAsking] = useState<{ what: 'revoke' | 'rotate'; key: Key } | null>(null);
  const [made, setMade] = useState<Schemas['NewKeyOut'] | null>(null);
  const again = () => void queries.invalidateQueries({ queryKey: ['get', '/v1/organization/keys'] });
  const end = () => {
    again();
    setAsking(null);
  };
  const revoke = api.useMutation('post', '/v1/organization/keys/{key_id}/revoke', {
    onSuccess: () => {
      end();
      notifications.show({ message: t('keyRevoked') });
    },
  });
  const rotate = api.useMutation('post', '/v1/organization/keys/{key_id}/rotate', {
    onSuccess: (key) => {
      end();
      setMade(key);
    },
  });
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
      {t('newKey')}
    </Button>
  );
  const opens = (key: Key) => (key.program_id === null ? t('allPrograms') : (me.data?.programs.find((each) => each.id === key.program_id)?.name ?? `#${key.program_id}`));
  const exampleOf = (key: Schemas['NewKeyOut']): string | undefined => {
    const ask = ASKS.find(([needed]) => key.scopes.includes(needed))?.[1];
    return ask === undefined ? undefined : `curl -s '${window.location.origin}/v1/programs/${program?.slug ?? ''}/${ask}' -H 'Authorization: Bearer ${key.token ?? ''}'`;
  };
  return (
    <Page title={t('keys')} about={t('keysAbout')} guide="send-events" actions={may('keys:write') ? add : null}>
      <Rows
        label={t('keys')}
        query={keys}
        id={(row) => row.id}
        columns={[
          {
            accessor: 'name',
            title: t('name'),
            render: (row) => (
              <Stack gap={2}>
                <Group gap="xs">
                  <Text size="sm" fw={500}>
                    {row.name}
                  </Text>
                  <State row={row} />
                </Group>
                <Code>{row.prefix}…</Code>
              </Stack>
            ),
          },
          { accessor: 'program_id', title: t('opens'), render: (row) => `${opens(row)} · ${t('permissionCount', { count: row.scopes.length })}` },
          { accessor: 'last_used_at', title: t('lastUsed'), render: (row) => (row.last_used_at === null ? t('never') : moment(row.last_used_at, zone, language)) },
          { accessor: 'expires_at', title: t('ends'), render: (row) => (row.expires_at === null ? '–' : day(row.expires_at, zone, language)) },
          {
            accessor: 'actions',
            title: <VisuallyHidden>{t('actions')}</VisuallyHidden>,
            textAlign: 'right',
            render: (row) =>
              may('keys:write') && row.revoked_at === null ? (
                <Menu position="bottom-end" withArrow>
                  <Menu.Target>
                    <ActionIcon variant="subtle" color="gray" aria-label={t('actionsFor', { name: row.name })}>
                      <IconDots size={18} />
                    </ActionIcon>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item onClick={() => setAsking({ what: 'rotate', key: row })}>{t('rotate')}</Menu.Item>
                    <Menu.Item color="red" onClick={() => setAsking({ what: 'revoke', key: row })}>
                      {t('revoke')}
                    </Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              ) : null,
          },
        ]}
        empty={<Empty icon={<IconKey size={40} stroke={1.2} />} title={t('noKeys')} text={t('noKeysText')} action={may('keys:write') ? add : null} />}
      />
      {making ? (
        <KeyForm
          onClose={() => setMaking(false)}
          onDone={(key) => {
            setMaking(false);
            again();
            setMade(key);
          }}
        />
      ) : null}
      {made === null ? null : (
        <Once
          title={t('keyMade', { name: made.name })}
          text={t('keyMadeText')}
          secret={made.token}
          example={exampleOf(made)}
          onClose={() => setMade(null)}
        />
      )}
      <Confirm
        opened={asking !== null}
        title={asking?.what === 'rotate' ? t('rotateTitle', { name: asking.key.name }) : t('revokeTitle', { name: asking?.key.name ?? '' })}
        verb={asking?.what === 'rotate' ? t('rotate') : t('revoke')}
        danger={asking?.what === 'revoke'}
        busy={revoke.isPending || rotate.isPending}
        failure={revoke.error ?? rotate.error}
        onConfirm={() => {
          if (asking !== null) {
            const params = { path: { key_id: asking.key.id } };
            if (asking.what === 'rotate') {
              rotate.mutate({ params, body: {} });
            } else {
              revoke.mutate({ params });
            }
          }
        }}
        onClose={() => {
          revoke.reset();
          rotate.reset();
          setAsking(null);
        }}
      >
        <Text size="sm">
          {asking?.what === 'rotate'
            ? t('rotateText')
            : t('revokeText', { when: asking?.key.last_used_at ? moment(asking.key.last_used_at, zone, language) : t('never') })}
        </Text>
      </Confirm>
    </Page>
  );
}

function State({ row }: { row: Key }) {
  const { t } = useSettingsWords();
  if (row.revoked_at !== null) {
    return (
      <Badge color="gray" variant="light">
        {t('revoked')}
      </Badge>
    );
  }
  return row.replaced_by === null ? null : (
    <Badge color="yellow" variant="light">
      {t('replaced')}
    </Badge>
  );
}

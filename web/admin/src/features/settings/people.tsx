// The people who work here: invite, change, keep out, let in again, give a new password.
import { ActionIcon, Badge, Button, Checkbox, Group, Menu, Stack, Text, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { moment } from '@shared/format';
import { paged, Rows } from '@shared/rows';
import { useMay, useMe } from '@shared/session';
import { Empty, Page } from '@shared/ui';
import { IconDots, IconPlus, IconUsers } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Once } from './once';
import { PersonForm } from './person-form';
import { useSettingsWords } from './words';

type Person = Schemas['StaffOut'];
/** A link to hand over; its token is null when it cannot be shown again. */
type Made = { name: string; token: string | null; until: string };
type Doing = { what: 'change' | 'disable' | 'enable' | 'reset'; person: Person } | { what: 'invite' } | null;

export function PeoplePage() {
  const { t, language } = useSettingsWords();
  const queries = useQueryClient();
  const may = useMay();
  const me = useMe();
  const [doing, setDoing] = useState<Doing>(null);
  const [made, setMade] = useState<Made | null>(null);
  const people = api.useInfiniteQuery('get', '/v1/organization/staff', {}, paged);
  const roles = api.useQuery('get', '/v1/organization/roles');
  const stores = api.useQuery('get', '/v1/organization/stores');
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const programs = me.data?.programs ?? [];
  const again = () => void queries.invalidateQueries({ queryKey: ['get', '/v1/organization/staff'] });
  const roleName = (id: string) => roles.data?.find((each) => each.id === id)?.name[language] ?? id;
  const storeName = (id: string) => stores.data?.find((each) => each.id === id)?.name ?? id;

  return (
    <Page
      title={t('people')}
      about={t('peopleAbout')} guide="staff-and-sign-in"
      actions={
        may('staff:write') ? (
          <Button leftSection={<IconPlus size={16} />} onClick={() => setDoing({ what: 'invite' })}>
            {t('invite')}
          </Button>
        ) : null
      }
    >
      <Rows
        label={t('people')}
        query={people}
        id={(row) => row.id}
        columns={[
          {
            accessor: 'name',
            title: t('name'),
            render: (row) => (
              <Stack gap={0}>
                <Group gap="xs">
                  <Text size="sm" fw={500}>
                    {row.name}
                  </Text>
                  {row.id === me.data?.staff.id ? <Badge variant="light">{t('you')}</Badge> : null}
                  {row.disabled_at === null ? null : (
                    <Badge variant="light" color="gray">
                      {t('disabled')}
                    </Badge>
                  )}
                </Group>
                <Text size="xs" c="dimmed">
                  {row.email}
                </Text>
              </Stack>
            ),
          },
          { accessor: 'role', title: t('role'), render: (row) => [roleName(row.role), row.store === null ? '' : storeName(row.store)].filter(Boolean).join(' · ') },
          {
            accessor: 'programs',
            title: t('programs'),
            render: (row) =>
              row.programs === null || row.programs === undefined
                ? t('allPrograms')
                : row.programs.map((id) => programs.find((each) => each.id === id)?.name ?? `#${id}`).join(', '),
          },
          {
            accessor: 'actions',
            title: <VisuallyHidden>{t('actions')}</VisuallyHidden>,
            textAlign: 'right',
            render: (row) => (may('staff:write') ? <Actions person={row} self={row.id === me.data?.staff.id} choose={setDoing} /> : null),
          },
        ]}
        empty={<Empty icon={<IconUsers size={40} stroke={1.2} />} title={t('people')} text={t('peopleAbout')} />}
      />
      {doing?.what === 'invite' || doing?.what === 'change' ? (
        <PersonForm
          person={doing.what === 'change' ? doing.person : null}
          roles={roles.data ?? []}
          stores={(stores.data ?? []).filter((each) => each.closed_at === null)}
          programs={programs}
          onDone={(invited) => {
            again();
            setDoing(null);
            if (invited === undefined) {
              notifications.show({ message: t('saved') });
            } else {
              setMade({ name: invited.staff.name, token: invited.token, until: invited.expires_at });
            }
          }}
          onClose={() => setDoing(null)}
        />
      ) : null}
      {doing?.what === 'disable' || doing?.what === 'enable' || doing?.what === 'reset' ? (
        <Question
          what={doing.what}
          person={doing.person}
          onClose={() => setDoing(null)}
          onDone={(reset) => {
            again();
            setDoing(null);
            if (reset === undefined) {
              notifications.show({ message: t('saved') });
            } else {
              setMade({ name: doing.person.name, ...reset });
            }
          }}
        />
      ) : null}
      {made === null ? null : (
        <Once
          title={t('linkTitle', { name: made.name })}
          text={t('linkText', { name: made.name, until: moment(made.until, zone, language) })}
          secret={made.token === null ? null : `${window.location.origin}/admin/reset?token=${made.token}`}
          onClose={() => setMade(null)}
        />
      )}
    </Page>
  );
}

function Actions({ person, self, choose }: { person: Person; self: boolean; choose: (doing: Doing) => void }) {
  const { t } = useSettingsWords();
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('actionsFor', { name: person.name })}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => choose({ what: 'change', person })}>{t('change')}</Menu.Item>
        {person.disabled_at === null ? <Menu.Item onClick={() => choose({ what: 'reset', person })}>{t('newPassword')}</Menu.Item> : null}
        {self ? null : person.disabled_at === null ? (
          <Menu.Item color="red" onClick={() => choose({ what: 'disable', person })}>
            {t('disable')}
          </Menu.Item>
        ) : (
          <Menu.Item onClick={() => choose({ what: 'enable', person })}>{t('enable')}</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

interface QuestionProps {
  what: 'disable' | 'enable' | 'reset';
  person: Person;
  /** With the link, where one was made. */
  onDone: (made?: Omit<Made, 'name'>) => void;
  onClose: () => void;
}

function Question({ what, person, onDone, onClose }: QuestionProps) {
  const { t } = useSettingsWords();
  const path = { params: { path: { staff_id: person.id } } };
  const disable = api.useMutation('post', '/v1/organization/staff/{staff_id}/disable', { onSuccess: () => onDone() });
  const enable = api.useMutation('post', '/v1/organization/staff/{staff_id}/enable', { onSuccess: () => onDone() });
  const reset = api.useMutation('post', '/v1/organization/staff/{staff_id}/reset', { onSuccess: (made) => onDone({ token: made.token, until: made.expires_at }) });
  const [dropsFactor, setDropsFactor] = useState(false);
  const act = {
    disable: { title: t('disableTitle', { name: person.name }), text: t('disableText'), verb: t('disable'), run: () => disable.mutate(path) },
    enable: { title: t('enableTitle', { name: person.name }), text: t('enableText'), verb: t('enable'), run: () => enable.mutate(path) },
    reset: { title: t('resetTitle', { name: person.name }), text: t('resetText'), verb: t('newPassword'), run: () => reset.mutate({ ...path, body: { second_factor: dropsFactor } }) },
  }[what];
  return (
    <Confirm
      opened
      title={act.title}
      verb={act.verb}
      danger={what === 'disable'}
      busy={disable.isPending || enable.isPending || reset.isPending}
      failure={disable.error ?? enable.error ?? reset.error}
      onConfirm={act.run}
      onClose={onClose}
    >
      <Text size="sm">{act.text}</Text>
      {what === 'reset' ? (
        <Checkbox mt="sm" label={t('dropsFactor')} description={t('dropsFactorText')} checked={dropsFactor} onChange={(event) => setDropsFactor(event.currentTarget.checked)} />
      ) : null}
    </Confirm>
  );
}

// One endpoint: its state, its secrets, and the log of what was sent to it.
import { Anchor, Button, Group, Menu, Paper, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { useMay } from '@shared/session';
import { Loaded, Page } from '@shared/ui';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { Deliveries } from './deliveries';
import { EndpointForm } from './endpoint-form';
import { Once } from './once';
import { useSettingsWords } from './words';

type Asking = 'rotate' | 'off' | 'delete' | 'replay' | null;

const A_WEEK = 7 * 24 * 3600 * 1000;

export function EndpointPage() {
  const { t } = useSettingsWords();
  const { program, endpoint: endpointId } = useParams({ from: '/signed-in/p/$program/settings/webhooks/$endpoint' });
  const path = { program, endpoint_id: endpointId };
  const queries = useQueryClient();
  const navigate = useNavigate();
  const may = useMay();
  const [asking, setAsking] = useState<Asking>(null);
  const [changing, setChanging] = useState(false);
  const [secret, setSecret] = useState<Schemas['NewSecretOut'] | null>(null);
  const found = api.useQuery('get', '/v1/programs/{program}/webhooks/endpoints/{endpoint_id}', { params: { path } });
  const done = (message: string) => {
    setAsking(null);
    setChanging(false);
    void queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).includes('/webhooks/') });
    notifications.show({ message });
  };
  const test = api.useMutation('post', '/v1/programs/{program}/webhooks/endpoints/{endpoint_id}/test', { onSuccess: () => done(t('testSent')) });
  const change = api.useMutation('patch', '/v1/programs/{program}/webhooks/endpoints/{endpoint_id}', { onSuccess: () => done(t('saved')) });
  const replay = api.useMutation('post', '/v1/programs/{program}/webhooks/endpoints/{endpoint_id}/replay', { onSuccess: () => done(t('replayed')) });
  const rotate = api.useMutation('post', '/v1/programs/{program}/webhooks/endpoints/{endpoint_id}/rotate', {
    onSuccess: (made) => {
      done(t('saved'));
      setSecret(made);
    },
  });
  const remove = api.useMutation('delete', '/v1/programs/{program}/webhooks/endpoints/{endpoint_id}', {
    onSuccess: () => {
      notifications.show({ message: t('endpointDeleted') });
      void queries.invalidateQueries({ queryKey: ['get', '/v1/programs/{program}/webhooks/endpoints'] });
      void navigate({ to: '/p/$program/settings/webhooks', params: { program } });
    },
  });
  const questions = {
    rotate: { title: t('rotateSecret'), text: t('rotateSecretText'), verb: t('rotateSecret'), danger: false, act: rotate, run: () => rotate.mutate({ params: { path }, body: { overlap_hours: 24 } }) },
    off: { title: t('turnOff'), text: t('turnOffText'), verb: t('turnOff'), danger: true, act: change, run: () => change.mutate({ params: { path }, body: { disabled: true } }) },
    delete: { title: t('deleteEndpoint'), text: t('deleteEndpointText'), verb: t('deleteEndpoint'), danger: true, act: remove, run: () => remove.mutate({ params: { path } }) },
    replay: {
      title: t('replayParked'), text: t('replayParkedText'), verb: t('replayParked'), danger: false, act: replay,
      run: () => replay.mutate({ params: { path }, body: { since: new Date(Date.now() - A_WEEK).toISOString() } }),
    },
  };
  const question = asking === null ? null : questions[asking];
  return (
    <Page
      title={t('endpoint')}
      about={t('endpointAbout')} guide="webhooks"
      actions={
        may('webhooks:write') && found.data !== undefined ? (
          <>
            <Button variant="default" loading={test.isPending} onClick={() => test.mutate({ params: { path } })}>
              {t('sendTest')}
            </Button>
            <Menu position="bottom-end" withArrow>
              <Menu.Target>
                <Button variant="default">{t('moreActions')}</Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => setChanging(true)}>{t('change')}</Menu.Item>
                <Menu.Item onClick={() => setAsking('replay')}>{t('replayParked')}</Menu.Item>
                <Menu.Item onClick={() => setAsking('rotate')}>{t('rotateSecret')}</Menu.Item>
                {found.data.disabled_at === null ? (
                  <Menu.Item onClick={() => setAsking('off')}>{t('turnOff')}</Menu.Item>
                ) : (
                  <Menu.Item onClick={() => change.mutate({ params: { path }, body: { disabled: false } })}>{t('turnOn')}</Menu.Item>
                )}
                <Menu.Item color="red" onClick={() => setAsking('delete')}>
                  {t('deleteEndpoint')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        ) : null
      }
    >
      <Anchor size="sm" renderRoot={(props) => <Link to="/p/$program/settings/webhooks" params={{ program }} {...props} />}>
        {t('backToWebhooks')}
      </Anchor>
      <Loaded query={found} rows={3}>
        {(endpoint) => (
          <Stack gap="lg">
            <Paper withBorder p="md">
              <Stack gap={4}>
                <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
                  {endpoint.url}
                </Text>
                {endpoint.description === '' ? null : <Text size="sm">{endpoint.description}</Text>}
                <Group gap="lg">
                  <Text size="sm" c="dimmed">
                    {endpoint.disabled_at === null ? t('endpointOn') : t('endpointOff')}
                  </Text>
                  <Text size="sm" c="dimmed">
                    {endpoint.payload === 'full' ? t('full') : t('thin')}
                  </Text>
                  <Text size="sm" c="dimmed">
                    {t('secretEndsWith', { end: endpoint.secrets.map((each) => each.ends_with).join(', ') })}
                  </Text>
                </Group>
                <Text size="sm" c="dimmed">
                  {endpoint.kinds.includes('*') ? t('allKinds') : endpoint.kinds.join(', ')}
                </Text>
              </Stack>
            </Paper>
            <Deliveries program={program} endpointId={endpointId} />
            {changing ? <EndpointForm endpoint={endpoint} onDone={() => done(t('saved'))} onClose={() => setChanging(false)} /> : null}
          </Stack>
        )}
      </Loaded>
      {secret === null ? null : <Once title={t('secretTitle')} text={t('secretText')} secret={secret.secret} onClose={() => setSecret(null)} />}
      {question === null ? null : (
        <Confirm
          opened
          title={question.title}
          verb={question.verb}
          danger={question.danger}
          busy={question.act.isPending}
          failure={question.act.error}
          onConfirm={question.run}
          onClose={() => {
            question.act.reset();
            setAsking(null);
          }}
        >
          <Text size="sm">{question.text}</Text>
        </Confirm>
      )}
    </Page>
  );
}

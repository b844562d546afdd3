// One endpoint: its state, its secrets, and the log of what was sent to it.
import { Anchor, Button, Menu, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { useMay } from '@shared/session';
import { Failure, Loaded, Page } from '@shared/ui';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { Deliveries } from './deliveries';
import { NewSecret, ReplayParked } from './endpoint-asks';
import { EndpointFacts } from './endpoint-facts';
import { EndpointForm } from './endpoint-form';
import { Once } from './once';
import { useSettingsWords } from './words';

type Asking = 'rotate' | 'off' | 'delete' | 'replay' | 'change' | null;

export function EndpointPage() {
  const { t } = useSettingsWords();
  const { program, endpoint: endpointId } = useParams({ from: '/signed-in/p/$program/settings/webhooks/$endpoint' });
  const path = { program, endpoint_id: endpointId };
  const queries = useQueryClient();
  const navigate = useNavigate();
  const may = useMay();
  const [asking, setAsking] = useState<Asking>(null);
  const [secret, setSecret] = useState<Schemas['NewSecretOut'] | null>(null);
  const found = api.useQuery('get', '/v1/programs/{program}/webhooks/endpoints/{endpoint_id}', { params: { path } });
  const again = () => {
    setAsking(null);
    void queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[1]).includes('/webhooks/') });
  };
  const done = (message: string) => {
    again();
    notifications.show({ message });
  };
  const test = api.useMutation('post', '/v1/programs/{program}/webhooks/endpoints/{endpoint_id}/test', { onSuccess: () => done(t('testSent')) });
  const change = api.useMutation('patch', '/v1/programs/{program}/webhooks/endpoints/{endpoint_id}', { onSuccess: () => done(t('saved')) });
  const remove = api.useMutation('delete', '/v1/programs/{program}/webhooks/endpoints/{endpoint_id}', {
    onSuccess: () => {
      notifications.show({ message: t('endpointDeleted') });
      void queries.invalidateQueries({ queryKey: ['get', '/v1/programs/{program}/webhooks/endpoints'] });
      void navigate({ to: '/p/$program/settings/webhooks', params: { program } });
    },
  });
  const questions = {
    off: { title: t('turnOff'), text: t('turnOffText'), verb: t('turnOff'), act: change, run: () => change.mutate({ params: { path }, body: { disabled: true } }) },
    delete: { title: t('deleteEndpoint'), text: t('deleteEndpointText'), verb: t('deleteEndpoint'), act: remove, run: () => remove.mutate({ params: { path } }) },
  };
  const question = asking === 'off' || asking === 'delete' ? questions[asking] : null;
  const turnOn = () => change.mutate({ params: { path }, body: { disabled: false } });
  const isOn = found.data?.disabled_at === null;
  // What was refused in a question is told there.
  const failure = test.error ?? (asking === null ? change.error : null);
  return (
    <Page
      title={found.data === undefined ? t('endpoint') : found.data.description || hostOf(found.data.url)}
      about={t('endpointAbout')} guide="webhooks"
      actions={
        may('webhooks:write') && found.data !== undefined ? (
          <>
            {isOn ? (
              <Button variant="default" loading={test.isPending} onClick={() => test.mutate({ params: { path } })}>
                {t('sendTest')}
              </Button>
            ) : null}
            <Menu position="bottom-end" withArrow>
              <Menu.Target>
                <Button variant="default">{t('moreActions')}</Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => setAsking('change')}>{t('change')}</Menu.Item>
                {isOn ? <Menu.Item onClick={() => setAsking('replay')}>{t('replayParked')}</Menu.Item> : null}
                <Menu.Item onClick={() => setAsking('rotate')}>{t('rotateSecret')}</Menu.Item>
                {isOn ? <Menu.Item onClick={() => setAsking('off')}>{t('turnOff')}</Menu.Item> : <Menu.Item onClick={turnOn}>{t('turnOn')}</Menu.Item>}
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
      {failure ? <Failure failure={failure} writing /> : null}
      <Loaded query={found} rows={3}>
        {(endpoint) => (
          <Stack gap="lg">
            <EndpointFacts endpoint={endpoint} onTurnOn={may('webhooks:write') ? turnOn : null} busy={change.isPending} />
            <Deliveries program={program} endpointId={endpointId} />
            {asking === 'change' ? <EndpointForm endpoint={endpoint} onDone={() => done(t('saved'))} onClose={() => setAsking(null)} /> : null}
          </Stack>
        )}
      </Loaded>
      {asking === 'rotate' ? (
        <NewSecret
          path={path}
          onClose={() => setAsking(null)}
          onDone={(made) => {
            again();
            setSecret(made);
          }}
        />
      ) : null}
      {asking === 'replay' ? <ReplayParked path={path} onClose={() => setAsking(null)} onDone={again} /> : null}
      {secret === null ? null : <Once title={t('secretTitle')} text={t('secretText')} secret={secret.secret} onClose={() => setSecret(null)} />}
      {question === null ? null : (
        <Confirm
          opened
          title={question.title}
          verb={question.verb}
          danger
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

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

// A key for the shop, shown once; a first event; whether it arrived; and what arrives, as it comes.
import { Alert, Badge, Button, Code, CopyButton, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { api, type Schemas } from '@api';
import { moment } from '@shared/format';
import { useMay, useProgram } from '@shared/session';
import { Failure, Page } from '@shared/ui';
import { IconCheck, IconKey } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Arriving } from './arriving';
import { useConnectWords } from './connect.words';
import { SAMPLE } from './sample-order';

const SHOP = ['events:write', 'events:read', 'members:read', 'members:write', 'carts:evaluate', 'redemptions:write'] as const;
const EVERY_MS = 3_000;

type Key = Pick<Schemas['NewKeyOut'], 'id' | 'name' | 'prefix' | 'created_at' | 'last_used_at' | 'first_event_at' | 'scopes' | 'program_id'>;

export function ConnectPage() {
  const { t } = useConnectWords();
  const may = useMay();
  const { program = '' } = useParams({ strict: false });
  const card = useProgram();
  const queries = useQueryClient();
  const listed = api.useQuery('get', '/v1/organization/keys', {}, { refetchInterval: EVERY_MS, enabled: may('keys:read') });
  const make = api.useMutation('post', '/v1/organization/keys', {
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['get', '/v1/organization/keys'] }),
  });
  const keys: readonly Key[] = (listed.data?.items ?? []).filter(
    (each) => each.revoked_at === null && each.staff_id === null && each.scopes.includes('events:write') && (each.program_id === null || each.program_id === card?.id),
  );
  const token = make.data?.token ?? undefined;
  const made = make.data?.id;
  const create = () => make.mutate({ body: { name: t('keyName'), program, scopes: [...SHOP], networks: [] } });
  const example = commands(window.location.origin, program, token, t('noTokenHere'), card?.currency ?? 'EUR', card?.now);
  return (
    <Page title={t('title')} about={t('about')} guide="send-events">
      <Text c="dimmed" maw={720}>
        {t('lead')}
      </Text>
      <div className="wide-narrow">
        <Stack gap="lg" miw={0}>
          <Section title={t('step1')} text={t('step1Text')}>
            <Line name={t('address')} value={`${window.location.origin}/v1`} />
            <Line name={t('program')} value={program} />
            {make.error ? <Failure failure={make.error} writing /> : null}
            {may('keys:write') ? null : (
              <Alert variant="light" color="gray" title={t('notYours')}>
                {t('notYoursText')}
              </Alert>
            )}
            {token === undefined ? null : (
              <Alert color="yellow" variant="light" title={t('once')} icon={<IconKey size={18} />}>
                <Group gap="xs" align="flex-start">
                  <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap', flex: '1 1 200px' }}>
                    {token}
                  </Code>
                  <Copy text={token} />
                </Group>
              </Alert>
            )}
            {may('keys:write') && token === undefined ? (
              <Group>
                <Button variant={keys.length === 0 ? 'filled' : 'default'} leftSection={<IconKey size={16} />} loading={make.isPending} onClick={create}>
                  {t(keys.length === 0 ? 'makeKey' : 'another')}
                </Button>
              </Group>
            ) : null}
          </Section>
          <Section title={t('step2')} text={t('step2Text')}>
            {token === undefined ? <Text size="sm">{t('noToken')}</Text> : null}
            <Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }} aria-label={t('step2Text')}>
              {example}
            </Code>
            <Group>
              <Copy text={example} />
            </Group>
          </Section>
          {may('keys:read') ? (
            <Section title={t('step3')}>
              {keys.length === 0 && listed.data !== undefined ? <Text size="sm">{t('noKey')}</Text> : null}
              <Stack gap="sm" aria-live="polite">
                {keys.map((each) => (
                  <Checked key={each.id} of={each} fresh={each.id === made || keys.length === 1} />
                ))}
              </Stack>
            </Section>
          ) : null}
        </Stack>
        <div style={{ minWidth: 0 }}>{may('events:read') ? <Arriving /> : null}</div>
      </div>
    </Page>
  );
}

function Section({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <Paper withBorder p="lg" component="section" aria-label={title}>
      <Title order={2}>{title}</Title>
      {text === undefined ? null : (
        <Text size="sm" c="dimmed">
          {text}
        </Text>
      )}
      <Stack gap="sm" mt="sm">
        {children}
      </Stack>
    </Paper>
  );
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <Group gap="xs">
      <Text size="sm" w={90} c="dimmed">
        {name}
      </Text>
      <Code style={{ overflowWrap: 'anywhere' }}>{value}</Code>
    </Group>
  );
}

/** Whether an event came with a key, and when; what to look at where none did. */
function Checked({ of, fresh }: { of: Key; fresh: boolean }) {
  const { t, language } = useConnectWords();
  const zone = useProgram()?.timezone ?? 'UTC';
  const state = of.first_event_at !== null ? 'ok' : of.last_used_at !== null ? 'used' : 'none';
  return (
    <div role="group" aria-label={`${of.name} ${of.prefix}`}>
      <Group gap="xs">
        {state === 'ok' ? <IconCheck size={18} color="var(--puntal-good)" aria-hidden /> : fresh ? <Loader size={16} type="dots" aria-hidden /> : null}
        <Text size="sm" fw={600}>
          {of.name}
        </Text>
        <Code>{of.prefix}…</Code>
        {of.program_id === null || of.scopes.some((each) => !SHOP.includes(each as (typeof SHOP)[number])) ? (
          <Badge variant="light" tt="none" color="orange">
            {t('reach')}
          </Badge>
        ) : null}
        <Badge variant="light" tt="none" color={state === 'ok' ? 'green' : state === 'used' ? 'yellow' : 'gray'}>
          {t(`states.${state}`)}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed">
        {of.first_event_at !== null
          ? t('arrived', { when: moment(of.first_event_at, zone, language) })
          : fresh
            ? t(state === 'used' ? 'usedOnly' : 'waiting')
            : t('made', { when: moment(of.created_at, zone, language) })}
      </Text>
    </div>
  );
}

function Copy({ text }: { text: string }) {
  const { t } = useConnectWords();
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Button size="xs" variant="default" onClick={copy}>
          {copied ? t('copied') : t('copy')}
        </Button>
      )}
    </CopyButton>
  );
}

/** Enrols a member and sends an order of hers. */
function commands(origin: string, program: string, token: string | undefined, missing: string, currency: string, at: string | undefined): string {
  const base = `${origin}/v1/programs/${program}`;
  const headers = `-H 'Authorization: Bearer ${token ?? missing}' -H 'Content-Type: application/json'`;
  const now = at ?? new Date().toISOString();
  const id = `first-${Date.parse(now).toString(36)}`;
  const order = {
    id,
    type: 'order.paid',
    occurred_at: now,
    source: 'shop',
    member: { email: SAMPLE },
    order: { id, currency, lines: [{ id: '1', product: 'example', amount_minor: 4000 }] },
  };
  return [
    `curl -s '${base}/members' ${headers} \\\n  -d '${JSON.stringify({ name: 'Anna', ids: { email: SAMPLE } })}'`,
    `curl -s '${base}/events' ${headers} \\\n  -d '${JSON.stringify(order)}'`,
  ].join('\n\n');
}

// A key for the shop, shown once, and two commands that work as they are pasted.
import { Alert, Button, Code, CopyButton, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { api } from '@api';
import { useMay, useProgram } from '@shared/session';
import { Failure } from '@shared/ui';
import { IconKey } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { SAMPLE } from './sample-order';
import { useLaunchWords } from './words';

const SHOP = ['events:write', 'events:read', 'members:read', 'members:write', 'carts:evaluate', 'redemptions:write'] as const;

export function ConnectShop() {
  const { t } = useLaunchWords();
  const may = useMay();
  const { program = '' } = useParams({ strict: false });
  const card = useProgram();
  const queries = useQueryClient();
  const make = api.useMutation('post', '/v1/organization/keys', {
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['get', '/v1/organization/keys'] }),
  });
  const token = make.data?.token;
  const example = commands(window.location.origin, program, token ?? '…', card?.currency ?? 'EUR', new Date());
  return (
    <Paper withBorder p="lg" component="section" aria-label={t('connect')}>
      <Title order={2}>{t('connect')}</Title>
      <Text size="sm" c="dimmed" mb="md">
        {t('connectText')}
      </Text>
      {token === undefined || token === null ? (
        <Stack align="flex-start">
          {make.error ? <Failure failure={make.error} writing /> : null}
          <Button
            variant="default"
            leftSection={<IconKey size={16} />}
            loading={make.isPending}
            disabled={!may('keys:write')}
            onClick={() => make.mutate({ body: { name: t('keyName'), program, scopes: [...SHOP], networks: [] } })}
          >
            {t('makeKey')}
          </Button>
        </Stack>
      ) : (
        <Stack>
          <Alert color="yellow" variant="light" title={t('once')} icon={<IconKey size={18} />}>
            <Group gap="xs" wrap="nowrap" align="flex-start">
              <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap', flex: 1 }}>
                {token}
              </Code>
              <Copy text={token} />
            </Group>
          </Alert>
          <Text size="sm">{t('tryIt')}</Text>
          <div style={{ position: 'relative' }}>
            <Code block tabIndex={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }} aria-label={t('tryIt')}>
              {example}
            </Code>
          </div>
          <Group>
            <Copy text={example} />
          </Group>
        </Stack>
      )}
    </Paper>
  );
}

function Copy({ text }: { text: string }) {
  const { t } = useLaunchWords();
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
function commands(origin: string, program: string, token: string, currency: string, now: Date): string {
  const at = `${origin}/v1/programs/${program}`;
  const headers = `-H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json'`;
  const order = {
    id: `first-${now.getTime().toString(36)}`,
    type: 'order.paid',
    occurred_at: now.toISOString(),
    source: 'shop',
    member: { email: SAMPLE },
    order: { id: `first-${now.getTime().toString(36)}`, currency, lines: [{ id: '1', product: 'example', amount_minor: 4000 }] },
  };
  return [
    `curl -s '${at}/members' ${headers} \\\n  -d '${JSON.stringify({ name: 'Anna', ids: { email: SAMPLE } })}'`,
    `curl -s '${at}/events' ${headers} \\\n  -d '${JSON.stringify(order)}'`,
  ].join('\n\n');
}

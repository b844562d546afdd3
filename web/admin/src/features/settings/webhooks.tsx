// Where other systems are told what happens here.
import { Badge, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { useMay } from '@shared/session';
import { Empty, Loaded, Page } from '@shared/ui';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { EndpointForm } from './endpoint-form';
import { Once } from './once';
import { useSettingsWords } from './words';

export function WebhooksPage() {
  const { t } = useSettingsWords();
  const { program } = useParams({ from: '/signed-in/p/$program/settings/webhooks' });
  const queries = useQueryClient();
  const may = useMay();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Schemas['NewSecretOut'] | null>(null);
  const endpoints = api.useQuery('get', '/v1/programs/{program}/webhooks/endpoints', { params: { path: { program } } });
  const add = may('webhooks:write') ? (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
      {t('newEndpoint')}
    </Button>
  ) : null;
  return (
    <Page title={t('webhooks')} about={t('webhooksAbout')} guide="webhooks" actions={add}>
      <Loaded query={endpoints}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<IconWebhook size={40} stroke={1.2} />} title={t('noEndpoints')} text={t('noEndpointsText')} action={add} />
          ) : (
            <Stack gap="sm">
              {items.map((each) => (
                <Paper key={each.id} withBorder p="md">
                  <Group justify="space-between" align="flex-start">
                    <Stack gap={4} miw={0} style={{ flexBasis: 280, flexGrow: 1 }}>
                      <Group gap="xs">
                        <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
                          {each.url}
                        </Text>
                        {each.disabled_at === null ? null : (
                          <Badge color="gray" variant="light">
                            {t('endpointOff')}
                          </Badge>
                        )}
                      </Group>
                      {each.description === '' ? null : <Text size="sm">{each.description}</Text>}
                      <Text size="sm" c="dimmed">
                        {each.kinds.includes('*') ? t('allKinds') : each.kinds.join(', ')}
                      </Text>
                    </Stack>
                    <Button
                      size="xs"
                      variant="default"
                      renderRoot={(props) => <Link to="/p/$program/settings/webhooks/$endpoint" params={{ program, endpoint: each.id }} {...props} />}
                    >
                      {t('deliveries')}
                    </Button>
                  </Group>
                </Paper>
              ))}
            </Stack>
          )
        }
      </Loaded>
      {making ? (
        <EndpointForm
          endpoint={null}
          onClose={() => setMaking(false)}
          onDone={(endpoint) => {
            setMaking(false);
            void queries.invalidateQueries({ queryKey: ['get', '/v1/programs/{program}/webhooks/endpoints'] });
            if (endpoint === undefined) {
              notifications.show({ message: t('saved') });
            } else {
              setMade(endpoint);
            }
          }}
        />
      ) : null}
      {made === null ? null : <Once title={t('secretTitle')} text={t('secretText')} secret={made.secret} onClose={() => setMade(null)} />}
    </Page>
  );
}

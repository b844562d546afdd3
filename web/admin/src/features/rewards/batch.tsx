// One batch: how far it is, what became of its codes, the file, and the end of it.
import { Alert, Button, Drawer, FileButton, Group, List, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import { useCross } from '@shared/draft/close';
import { notifications } from '@mantine/notifications';
import { api, http, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { moment, whole } from '@shared/format';
import { useNames } from '@shared/names';
import { useMay, useProgram } from '@shared/session';
import { Failure, Loaded } from '@shared/ui';
import { IconDownload, IconUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Codes } from './codes';
import { BATCHES, BatchState, Making } from './vouchers';
import { useRewardWords } from './words';

const ONE = '/v1/programs/{program}/voucher-batches/{batch_id}';
type Page = Schemas['VoucherBatchPageOut'];

export function BatchDrawer({ program, id, onClose }: { program: string; id: string; onClose: () => void }) {
  const { t } = useRewardWords();
  const cross = useCross();
  const batch = api.useQuery('get', ONE, { params: { path: { program, batch_id: id } } }, { refetchInterval: (query) => (query.state.data?.state === 'making' ? 1_000 : false) });
  return (
    <Drawer opened onClose={onClose} closeButtonProps={cross} position="right" size="lg" title={<Text fw={650}>{batch.data?.name ?? t('batches')}</Text>}>
      <Loaded query={batch}>{(read) => <Shown program={program} batch={read} refresh={() => void batch.refetch()} />}</Loaded>
    </Drawer>
  );
}

function Shown({ program, batch, refresh }: { program: string; batch: Page; refresh: () => void }) {
  const { t, language } = useRewardWords();
  const names = useNames();
  const may = useMay();
  const zone = useProgram(program)?.timezone ?? 'UTC';
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const changed = () => {
    refresh();
    void queries.invalidateQueries({ queryKey: ['get', BATCHES] });
  };
  const end = api.useMutation('post', '/v1/programs/{program}/voucher-batches/{batch_id}/void', {
    onSuccess: () => {
      setAsking(false);
      notifications.show({ message: t('voided') });
      changed();
    },
  });
  const bring = useMutation({
    mutationFn: async (file: File) => {
      const answer = await http.POST('/v1/programs/{program}/voucher-batches/{batch_id}/codes', {
        params: { path: { program, batch_id: batch.id } },
        body: await file.text(),
        bodySerializer: (body) => body,
        headers: { 'Content-Type': 'text/csv' },
      });
      if (answer.error !== undefined) {
        throw answer.error;
      }
      return answer.data;
    },
    onSuccess: changed,
  });
  const count = (state: string) => batch.states[state] ?? 0;
  const unused = count('issued') + count('held');
  return (
    <Stack>
      <Group>
        <BatchState batch={batch} />
        <Text size="sm">{names.reward(batch.reward)}</Text>
        <Text size="sm" c="dimmed">
          {batch.ends_at === null ? t('always') : t('until', { when: moment(batch.ends_at, zone, language) })}
        </Text>
      </Group>
      {batch.state === 'making' ? <Making batch={batch} /> : null}
      {batch.state === 'making' || batch.made === 0 ? null : (
        <div>
          <Text size="sm" mb={2}>
            {t('usedShare', { used: whole(count('used'), language), made: whole(batch.made, language) })}
          </Text>
          <Progress value={(100 * count('used')) / batch.made} aria-label={t('v_used')} />
        </div>
      )}
      <SimpleGrid cols={{ base: 2, xs: 3 }}>
        {(['issued', 'free', 'held', 'used', 'expired', 'void'] as const).map((state) => (
          <div key={state}>
            <Text size="xs" c="dimmed">
              {t(`v_${state}`)}
            </Text>
            <Text fw={600}>
              {whole(count(state), language)}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      {batch.kind === 'imported' && batch.state !== 'void' && may('vouchers:write') ? (
        <Stack gap="xs">
          <Text fw={600} size="sm">
            {t('fileTitle')}
          </Text>
          <Text size="sm" c="dimmed">
            {t('fileHint')}
          </Text>
          <Group>
            <FileButton accept=".csv,text/csv" onChange={(file) => file !== null && bring.mutate(file)}>
              {(props) => (
                <Button {...props} variant="default" leftSection={<IconUpload size={16} />} loading={bring.isPending}>
                  {t('chooseFile')}
                </Button>
              )}
            </FileButton>
          </Group>
          {bring.error ? <Failure failure={bring.error} writing /> : null}
          {bring.data !== undefined && 'approval_id' in bring.data ? (
            <Alert color="yellow" variant="light" role="status">
              {t('fileAsked')}
            </Alert>
          ) : null}
          {bring.data === undefined || 'approval_id' in bring.data ? null : (
            <Alert color={bring.data.refused.length === 0 ? 'teal' : 'orange'} variant="light">
              {t('fileResult', { taken: whole(bring.data.taken, language), known: whole(bring.data.known, language), refused: whole(bring.data.refused.length, language) })}
              <List size="sm" mt={4}>
                {bring.data.refused.slice(0, 20).map((each) => (
                  <List.Item key={each.row}>{t('rowRefused', { row: each.row, reason: t(`r_${each.reason}`) })}</List.Item>
                ))}
              </List>
            </Alert>
          )}
        </Stack>
      ) : null}
      <Group>
        {may('vouchers:read') ? (
        <Button component="a" href={`/v1/programs/${program}/voucher-batches/${batch.id}/codes.csv`} download variant="default" leftSection={<IconDownload size={16} />}>
          {t('export')}
        </Button>
        ) : null}
        {batch.state !== 'void' && may('vouchers:write') ? (
          <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
            {t('voidBatch')}
          </Button>
        ) : null}
      </Group>
      {batch.made === 0 ? null : <Codes program={program} batch={batch.id} />}
      <Confirm opened={asking} title={t('voidBatchTitle', { name: batch.name })} verb={t('voidBatchVerb', { n: whole(unused, language) })} danger busy={end.isPending} failure={end.error} onConfirm={() => end.mutate({ params: { path: { program, batch_id: batch.id } } })} onClose={() => setAsking(false)}>
        <Text size="sm">{t('voidBatchText', { unused: whole(unused, language), used: whole(count('used'), language) })}</Text>
      </Confirm>
    </Stack>
  );
}

// Bringing in a history of events from a file.
import { Alert, Anchor, Button, Checkbox, FileInput, Group, List, Paper, Stack, Text } from '@mantine/core';
import { api } from '@api';
import { whole } from '@shared/format';
import { Failure, Page } from '@shared/ui';
import { IconFileImport } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useSettingsWords } from './words';

export function ImportsPage() {
  const { t, language } = useSettingsWords();
  const { program } = useParams({ from: '/signed-in/p/$program/settings/imports' });
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [setClock, setSetClock] = useState(false);
  const bring = api.useMutation('post', '/v1/programs/{program}/imports/events', { onSuccess: () => void queries.invalidateQueries() });
  const start = async () => {
    if (file !== null) {
      bring.mutate({
        params: { path: { program }, query: { set_clock: setClock, name: file.name.slice(0, 200) } },
        headers: { 'Content-Type': 'application/jsonl' },
        body: await file.text(),
        bodySerializer: (words) => words,
      });
    }
  };
  return (
    <Page title={t('imports')} about={t('importsAbout')} guide="send-events">
      <Text size="sm">
        {t('membersElsewhere')}{' '}
        <Anchor size="sm" underline="always" renderRoot={(props) => <Link to="/p/$program/members" params={{ program }} search={{}} {...props} />}>
          {t('toMembers')}
        </Anchor>
      </Text>
      <Paper withBorder p="lg">
        <Stack maw={560}>
          <Text size="sm">{t('importText')}</Text>
          <FileInput label={t('file')} placeholder={t('chooseFile')} accept=".jsonl,.ndjson,application/jsonl" clearable clearButtonProps={{ 'aria-label': t('clearFile') }} leftSection={<IconFileImport size={16} />} value={file} onChange={setFile} />
          <Checkbox label={t('setClock')} description={t('setClockText')} checked={setClock} onChange={(event) => setSetClock(event.currentTarget.checked)} />
          <Group>
            <Button disabled={file === null} loading={bring.isPending} onClick={() => void start()}>
              {t('import')}
            </Button>
          </Group>
          {bring.error ? <Failure failure={bring.error} writing /> : null}
          {bring.data === undefined ? null : (
            <Alert color={bring.data.refused_count === 0 ? 'teal' : 'yellow'} title={t('imported')} role="status">
              <Stack gap="xs">
                <Text size="sm">
                  {t('importedText', {
                    events: whole(bring.data.events, language),
                    known: whole(bring.data.replayed, language),
                    nights: whole(bring.data.nights, language),
                  })}
                </Text>
                {bring.data.refused_count === 0 ? null : (
                  <>
                    <Text size="sm" fw={500}>
                      {t('refusedLines', { count: bring.data.refused_count })}
                    </Text>
                    <List size="sm">
                      {bring.data.refused.map((each) => (
                        <List.Item key={each.id}>{t('refusedLine', { id: each.id, why: each.code })}</List.Item>
                      ))}
                    </List>
                  </>
                )}
              </Stack>
            </Alert>
          )}
        </Stack>
      </Paper>
    </Page>
  );
}

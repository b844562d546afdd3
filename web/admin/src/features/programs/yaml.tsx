// The whole document as text.
import { Alert, Button, Group, List, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { http } from '@api';
import { refreshDraft, type Draft } from '@shared/draft/state';
import { useMay } from '@shared/session';
import { Failure, Loaded } from '@shared/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { useState } from 'react';
import { useProgramWords } from './words';

const YAML = 'application/yaml';

export default function Yaml({ program, draft }: { program: string; draft: Draft }) {
  const written = useQuery({
    queryKey: ['yaml', program, draft.version],
    queryFn: async () => {
      const answer = await http.GET('/v1/programs/{program}/program', { params: { path: { program } }, headers: { Accept: YAML }, parseAs: 'text' });
      if (answer.error !== undefined) {
        throw answer.error;
      }
      return answer.data as unknown as string;
    },
  });
  return <Loaded query={written} rows={12}>{(text) => <Written key={text} program={program} draft={draft} text={text} />}</Loaded>;
}

function Written({ program, draft, text }: { program: string; draft: Draft; text: string }) {
  const { t } = useProgramWords();
  const may = useMay();
  const queries = useQueryClient();
  const [value, setValue] = useState(text);
  const dirty = value !== text;
  useBlocker({ shouldBlockFn: () => dirty && !window.confirm(t('reload')), enableBeforeUnload: () => dirty, disabled: !dirty });
  const save = useMutation({
    mutationFn: async () => {
      const answer = await http.PUT('/v1/programs/{program}/program', {
        params: { path: { program }, header: { 'if-match': `"${draft.version}"` } },
        body: value as never,
        bodySerializer: (body) => body as unknown as string,
        headers: { 'Content-Type': YAML },
      });
      if (answer.error !== undefined) {
        throw answer.error;
      }
      return answer.data;
    },
    onSuccess: () => {
      notifications.show({ message: t('yamlSaved'), color: 'teal' });
      refreshDraft(queries);
    },
  });
  const download = () => {
    const address = URL.createObjectURL(new Blob([value], { type: YAML }));
    const link = Object.assign(document.createElement('a'), { href: address, download: `${program}.yaml` });
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('yamlAbout')}
      </Text>
      <Textarea
        label={t('yamlLabel')}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
        readOnly={!may('program:write')}
        autosize
        minRows={12}
        maxRows={32}
        spellCheck={false}
        styles={{ input: { fontFamily: 'ui-monospace, monospace', fontSize: 13, lineHeight: 1.5 } }}
      />
      {save.error ? <Failure failure={save.error} writing /> : null}
      {save.data === undefined || save.data.faults.length === 0 ? null : (
        <Alert color="orange" variant="light" title={t('faultsTitle')}>
          <List size="sm">
            {save.data.faults.map((fault) => (
              <List.Item key={`${fault.path} ${fault.reason}`}>
                {fault.path}: {fault.reason}
                {fault.suggestion ? ` → ${fault.suggestion}` : ''}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="subtle" onClick={download}>
          {t('download')}
        </Button>
        <Button variant="default" disabled={!dirty} onClick={() => setValue(text)}>
          {t('reload')}
        </Button>
        {may('program:write') ? (
          <Button disabled={!dirty} loading={save.isPending} onClick={() => save.mutate()}>
            {t('saveYaml')}
          </Button>
        ) : null}
      </Group>
    </Stack>
  );
}

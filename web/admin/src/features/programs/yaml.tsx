// The whole document as text.
import { Alert, Button, Group, List, Stack, Text, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { http } from '@api';
import { Between } from '@shared/draft/between';
import type { Document } from '@shared/draft/document';
import { refreshDraft, useSaveDraft, SavedInBetween, type Draft } from '@shared/draft/state';
import { told } from '@shared/problem';
import { useMay } from '@shared/session';
import { Failure, Loaded } from '@shared/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { useState } from 'react';
import { useProgramWords } from './words';

const YAML = 'application/yaml';

export default function Yaml({ program, draft: newest }: { program: string; draft: Draft }) {
  // While something is typed, what it began with stays, whoever saves meanwhile.
  const [draft, setDraft] = useState(newest);
  const [isTyped, setTyped] = useState(false);
  if (!isTyped && draft.version !== newest.version) {
    setDraft(newest);
  }
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
  return (
    <Loaded query={written} rows={12}>
      {(text) => <Written key={text} program={program} draft={draft} text={text} onTyped={setTyped} />}
    </Loaded>
  );
}

interface WrittenProps {
  program: string;
  draft: Draft;
  text: string;
  /** Hears whether there is something that is not saved. */
  onTyped: (typed: boolean) => void;
}

function Written({ program, draft, text, onTyped }: WrittenProps) {
  const { t } = useProgramWords();
  const may = useMay();
  const queries = useQueryClient();
  const [value, setValue] = useState(text);
  const dirty = value !== text;
  useBlocker({ shouldBlockFn: () => dirty && !window.confirm(t('reload')), enableBeforeUnload: () => dirty, disabled: !dirty });
  const document = useSaveDraft(program);
  const saved = () => {
    onTyped(false);
    notifications.show({ message: t('yamlSaved'), color: 'teal' });
    refreshDraft(queries);
  };
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
    onSuccess: () => saved(),
    onError: async (failure) => {
      if (told(failure).code === 'programs.draft_changed') {
        // From here on as in a form: the same words as a document, beside what somebody else made of it.
        const mine = await read.mutateAsync();
        await document.mutateAsync({ base: draft, document: mine }, { onSuccess: saved }).catch(() => undefined);
      }
    },
  });
  const read = useMutation({
    mutationFn: async () => {
      const answer = await http.POST('/v1/programs/{program}/program/read', {
        params: { path: { program } },
        body: value as never,
        bodySerializer: (body) => body as unknown as string,
        headers: { 'Content-Type': YAML },
      });
      if (answer.error !== undefined) {
        throw answer.error;
      }
      return answer.data.document as unknown as Document;
    },
  });
  const inBetween = document.error instanceof SavedInBetween ? document.error : null;
  const failure = told(save.error).code === 'programs.draft_changed' ? (read.error ?? (inBetween === null ? document.error : null)) : save.error;
  const download = () => {
    const address = URL.createObjectURL(new Blob([value], { type: YAML }));
    const link = Object.assign(globalThis.document.createElement('a'), { href: address, download: `${program}.yaml` });
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
        onChange={(event) => {
          setValue(event.currentTarget.value);
          onTyped(event.currentTarget.value !== text);
        }}
        readOnly={!may('program:write')}
        autosize
        minRows={12}
        maxRows={32}
        spellCheck={false}
        styles={{ input: { fontFamily: 'ui-monospace, monospace', fontSize: 13, lineHeight: 1.5 } }}
      />
      {failure ? <Failure failure={failure} writing /> : null}
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
      {inBetween === null ? null : (
        <Between
          program={program}
          found={inBetween}
          busy={document.isPending}
          onKeep={() => document.mutate({ base: inBetween.theirs, document: inBetween.both.document }, { onSuccess: saved })}
          onTake={() => {
            document.reset();
            save.reset();
            setValue(text);
            onTyped(false);
          }}
          onClose={() => document.reset()}
        />
      )}
      <Group justify="flex-end">
        <Button variant="subtle" onClick={download}>
          {t('download')}
        </Button>
        <Button variant="default" disabled={!dirty} onClick={() => {
            setValue(text);
            onTyped(false);
          }}
        >
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

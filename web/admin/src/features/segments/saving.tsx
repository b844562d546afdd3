// Saving a segment: into the draft, and from there to members by publishing. Says first what else that publishes.
import { Alert, Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, http } from '@api';
import { told } from '@shared/problem';
import { useMay } from '@shared/session';
import { Failure, Waiting } from '@shared/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { segmentsOf, withSegment, type Json, type WrittenSegment } from './document';
import { useSegmentWords } from './words';

type Outcome = 'draft' | 'published' | 'taking' | 'asked';

interface SavingProps {
  program: string;
  id: string;
  name: string;
  /** Undefined takes it away. */
  segment: WrittenSegment | undefined;
  opened: boolean;
  onClose: () => void;
  onSaved: () => void;
}

export function Saving({ program, id, name, segment, opened, onClose, onSaved }: SavingProps) {
  const { t, language } = useSegmentWords();
  const may = useMay();
  const queries = useQueryClient();
  const draft = api.useQuery('get', '/v1/programs/{program}/program', { params: { path: { program } } }, { enabled: opened });
  const [conflict, setConflict] = useState<{ same: boolean } | null>(null);
  const base = draft.data;
  const document = base === undefined ? undefined : withSegment(base.document as Json, id, segment);
  const difference = useQuery({
    queryKey: ['difference', program, language, document],
    enabled: opened && document !== undefined,
    retry: false,
    queryFn: async () => {
      const answer = await http.POST('/v1/programs/{program}/program/diff', { params: { path: { program } }, body: document as Record<string, never> });
      if (answer.error !== undefined) {
        if (told(answer.error).code === 'programs.not_published') {
          return null;
        }
        throw answer.error;
      }
      return answer.data;
    },
  });
  const save = useMutation<{ outcome: Outcome }, unknown, boolean>({
    mutationFn: async (publish) => {
      const saved = await http.PUT('/v1/programs/{program}/program', {
        params: { path: { program }, header: { 'if-match': `"${base?.version ?? 0}"` } },
        body: document as Record<string, never>,
      });
      if (saved.error !== undefined) {
        throw saved.error;
      }
      if (!publish) {
        return { outcome: 'draft' };
      }
      const published = await http.POST('/v1/programs/{program}/program/publish', {
        params: { path: { program } },
        body: { document: null, note: name, effective_from: null, simulation_id: null },
      });
      if (published.error !== undefined) {
        throw published.error;
      }
      if ('approval_id' in published.data) {
        return { outcome: 'asked' };
      }
      return { outcome: published.data.taking_effect ? 'taking' : 'published' };
    },
    onSuccess: ({ outcome }) => {
      const said = segment === undefined && outcome !== 'asked' ? t('removed', { name }) : t(`saved.${outcome}`, { name });
      notifications.show({ message: said });
      void queries.invalidateQueries();
      onSaved();
    },
    onError: async (failure) => {
      if (told(failure).code === 'programs.draft_changed') {
        const before = JSON.stringify(segmentsOf((base?.document ?? {}) as Json)[id]);
        const newest = await draft.refetch();
        setConflict({ same: JSON.stringify(segmentsOf((newest.data?.document ?? {}) as Json)[id]) !== before });
        save.reset();
      } else {
        // The draft may have been saved before publishing was refused.
        void queries.invalidateQueries({ queryKey: ['get', '/v1/programs/{program}/program'] });
      }
    },
  });
  const changes = difference.data?.changes ?? [];
  // Nobody publishes what else waits in the draft without having seen it.
  const isKnown = document !== undefined && difference.isSuccess && !difference.isFetching && !draft.isFetching;
  const others = changes.filter((each) => !(each.section === 'segments' && each.id === id));
  const own = changes.filter((each) => each.section === 'segments' && each.id === id);
  const close = (): void => {
    setConflict(null);
    save.reset();
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={<Text fw={600}>{t('saveTitle', { name })}</Text>} size="lg" centered closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack>
        {conflict === null ? null : (
          <Alert color="yellow" title={t('conflict')} role="alert">
            {t('conflictText')} {conflict.same ? t('conflictSame') : ''}
          </Alert>
        )}
        {draft.error ?? difference.error ? (
          <Failure failure={draft.error ?? difference.error} retry={() => void (draft.error ? draft.refetch() : difference.refetch())} />
        ) : difference.isPending ? (
          <Waiting rows={3} />
        ) : (
          <div>
            <Text fw={600} size="sm" mb={4}>
              {t('willChange')}
            </Text>
            {changes.length === 0 && difference.data !== null ? <Text size="sm">{t('nothing')}</Text> : <Changes items={own.map((each) => each.words)} />}
            {others.length === 0 ? null : (
              <Alert color="yellow" mt="sm" title={t('others', { count: others.length })}>
                <Changes items={others.map((each) => each.words)} />
              </Alert>
            )}
          </div>
        )}
        {save.error ? <Failure failure={save.error} writing /> : null}
        <Group justify="flex-end">
          <Button variant="default" loading={save.isPending && save.variables === false} disabled={document === undefined || save.isPending} onClick={() => save.mutate(false)}>
            {t('draft')}
          </Button>
          {may('program:publish') ? (
            <Button loading={save.isPending && save.variables === true} disabled={!isKnown || save.isPending} onClick={() => save.mutate(true)}>
              {t('publish')}
            </Button>
          ) : null}
        </Group>
      </Stack>
    </Modal>
  );
}

function Changes({ items }: { items: string[] }) {
  return items.length === 0 ? null : (
    <List size="sm" spacing={4}>
      {items.slice(0, 10).map((each) => (
        <List.Item key={each}>{each}</List.Item>
      ))}
      {items.length > 10 ? <List.Item>…</List.Item> : null}
    </List>
  );
}

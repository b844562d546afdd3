// The line that says whether there is a draft: how much it changes, who saved it last, and the way to publish it.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api } from '@api';
import { Confirm } from '@shared/confirm';
import { useMay, useNow } from '@shared/session';
import { IconPencil } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ago } from './ago';
import type { Document } from './document';
import { useDifference, useSaveDraft, useTold, type Draft } from './state';
import { useDraftWords } from './words';

/** The newest revision with its document; null before the first. */
export function usePublished(program: string) {
  const revisions = api.useQuery('get', '/v1/programs/{program}/program/revisions', { params: { path: { program }, query: { limit: 1 } } });
  const number = revisions.data?.items[0]?.number;
  const newest = api.useQuery('get', '/v1/programs/{program}/program/revisions/{number}', { params: { path: { program, number: number ?? 0 } } }, { enabled: number !== undefined, staleTime: Infinity });
  return { number, document: newest.data?.document as Document | undefined, isNever: revisions.data !== undefined && number === undefined };
}

export function DraftBar({ program, draft }: { program: string; draft: Draft }) {
  const { t, language } = useDraftWords();
  const may = useMay();
  const now = useNow(program);
  const [asking, setAsking] = useState(false);
  // The server says with the draft whether it is one: nothing waits for the comparison, which only counts.
  const told = useTold(program, draft.changed ? draft.document : undefined);
  const difference = useDifference(program, draft.changed && told.data?.faults.length === 0 ? draft.document : undefined);
  const published = usePublished(program);
  const save = useSaveDraft(program);
  const faults = told.data?.faults.length ?? 0;
  const changes = difference.data?.changes.length ?? 0;
  const never = published.isNever;
  const isSame = difference.data !== undefined && !difference.isPlaceholderData && !told.isPlaceholderData && changes === 0 && faults === 0;
  if (!draft.changed || (!never && isSame)) {
    return <TakingEffect program={program} />;
  }
  const discard = () => {
    if (published.document !== undefined) {
      save.mutate(
        { base: draft, document: published.document },
        {
          onSuccess: () => {
            setAsking(false);
            notifications.show({ message: t('discarded'), color: 'teal' });
          },
        },
      );
    }
  };
  return (
    <Stack gap="xs">
      <Alert variant="light" color={faults > 0 ? 'orange' : 'puntal'} icon={<IconPencil size={18} />} role="status">
        <Group justify="space-between" gap="sm">
          <div>
            <Text size="sm" fw={600}>
              {faults > 0 ? t('faults', { count: faults }) : never ? t('neverPublished') : changes === 0 ? t('draftSome') : t('draftOf', { count: changes })}
            </Text>
            {draft.savedAt === null ? null : (
              <Text size="xs" c="dimmed">
                {t('savedByAt', { name: draft.savedByName ?? t('somebody'), when: ago(draft.savedAt, now, language) })}
              </Text>
            )}
          </div>
          <Group gap="xs">
            {never || published.document === undefined || !may('program:write') ? null : (
              <Button size="xs" variant="subtle" color="gray" onClick={() => setAsking(true)}>
                {t('discardDraft')}
              </Button>
            )}
            <Button size="xs" renderRoot={(props) => <Link to="/p/$program/program" params={{ program }} search={{ view: 'publish' }} {...props} />}>
              {t('review')}
            </Button>
          </Group>
        </Group>
      </Alert>
      <TakingEffect program={program} />
      <Confirm opened={asking} title={t('discardDraftTitle')} verb={t('discardDraft')} danger busy={save.isPending} failure={save.error} onConfirm={discard} onClose={() => setAsking(false)}>
        <Text size="sm">{t('discardDraftText', { count: Math.max(1, changes || faults) })}</Text>
      </Confirm>
    </Stack>
  );
}

/** Says that a revision waits until what it reads has been counted. */
function TakingEffect({ program }: { program: string }) {
  const { t } = useDraftWords();
  const waiting = api.useQuery('get', '/v1/programs/{program}/program/taking-effect', { params: { path: { program } } }, { staleTime: 5_000, refetchInterval: (query) => (query.state.data?.revision ? 3_000 : false) });
  return waiting.data?.revision ? (
    <Alert variant="light" color="blue" role="status">
      <Text size="sm">{t('takingEffect')}</Text>
    </Alert>
  ) : null;
}

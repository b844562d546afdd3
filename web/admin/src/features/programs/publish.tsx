// What publishing the draft changes, what it would have cost, and the button.
import { Alert, Anchor, Badge, Button, Card, Code, Group, List, ScrollArea, SegmentedControl, Stack, Text, Textarea, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { http, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { instantOf } from '@shared/days';
import { usePublished } from '@shared/draft/bar';
import { refreshDraft, useDifference, type Draft, type Told } from '@shared/draft/state';
import { MomentInput } from '@shared/moment-input';
import { useMay, useProgram } from '@shared/session';
import { Empty, Failure, Waiting } from '@shared/ui';
import { IconAlertTriangle, IconChecks } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Impact } from './impact';
import { ImpactInShort } from './impact-in-short';
import { useSimulation, type Simulation } from './simulation';
import { placeNamed } from './places';
import { useTakesTwo, WaitsForTwo } from './waiting';
import { useProgramWords } from './words';

const USUAL_DAYS = 30;

interface Props {
  program: string;
  draft: Draft;
  told: Told | undefined;
  onEdit: (place: string) => void;
}

export default function Publish({ program, draft, told, onEdit }: Props) {
  const { t } = useProgramWords();
  const may = useMay();
  const published = usePublished(program);
  const simulation = useSimulation(program, draft, told?.digest);
  const { simulation: asked } = useSearch({ from: '/signed-in/p/$program/program' });
  const faults = told?.faults ?? [];
  const difference = useDifference(program, told !== undefined && faults.length === 0 ? draft.document : undefined);
  if (told === undefined) {
    return <Waiting rows={5} />;
  }
  if (faults.length > 0) {
    return (
      <>
        <Problems title={t('faultsTitle')} color="orange" faults={faults} draft={draft} onEdit={onEdit} />
        {asked === undefined ? null : <Impact program={program} draft={draft} simulation={simulation} />}
      </>
    );
  }
  if (difference.error) {
    return <Failure failure={difference.error} retry={() => void difference.refetch()} />;
  }
  if (difference.data === undefined) {
    return <Waiting rows={5} />;
  }
  const changes = difference.data?.changes ?? [];
  if (changes.length === 0 && !published.isNever) {
    return (
      <>
        <Empty icon={<IconChecks size={40} stroke={1.2} />} title={t('nothingToPublish')} text={t('nothingToPublishText')} />
        {asked === undefined ? null : <Impact program={program} draft={draft} simulation={simulation} />}
      </>
    );
  }
  return (
    <>
      {difference.data === null ? null : <Changes difference={difference.data} />}
      {told.advice.length === 0 ? null : <Problems title={t('adviceTitle')} color="yellow" faults={told.advice} draft={draft} onEdit={onEdit} />}
      {published.isNever ? null : <Impact program={program} draft={draft} simulation={simulation} />}
      <WaitsForTwo program={program} />
      {may('program:publish') ? <Send program={program} draft={draft} simulation={simulation} count={changes.length} first={published.isNever} /> : null}
    </>
  );
}

/** Every change as a sentence, or as text. */
export function Changes({ difference }: { difference: Schemas['DiffOut'] }) {
  const { t } = useProgramWords();
  const [as, setAs] = useState<'words' | 'yaml'>('words');
  const colors = { added: 'teal', removed: 'red', changed: 'blue' } as const;
  return (
    <Stack gap="sm" component="section" aria-label={t('changes', { count: difference.changes.length })}>
      <Group justify="space-between">
        <Title order={2}>{t('changes', { count: difference.changes.length })}</Title>
        <SegmentedControl
          size="xs"
          value={as}
          onChange={(next) => setAs(next === 'yaml' ? 'yaml' : 'words')}
          data={[
            { value: 'words', label: t('inWords') },
            { value: 'yaml', label: t('inYaml') },
          ]}
        />
      </Group>
      {as === 'words' ? (
        <Card withBorder padding="md">
          <Stack gap="xs">
            {difference.changes.map((change) => (
              <Group key={`${change.path} ${change.words}`} gap="sm" wrap="nowrap" align="flex-start">
                <Badge variant="light" color={colors[change.kind]} size="sm" tt="none" w={76} style={{ flex: 'none', marginTop: 2 }}>
                  {t(change.kind)}
                </Badge>
                <Text size="sm">{change.words}</Text>
              </Group>
            ))}
          </Stack>
        </Card>
      ) : (
        <ScrollArea type="auto" viewportProps={{ tabIndex: 0 }}>
          <Code block>{difference.yaml}</Code>
        </ScrollArea>
      )}
    </Stack>
  );
}

function Problems({ title, color, faults, draft, onEdit }: { title: string; color: string; faults: Schemas['FaultOut'][]; draft: Draft; onEdit: (place: string) => void }) {
  const { t, language } = useProgramWords();
  return (
    <Alert color={color} variant="light" icon={<IconAlertTriangle size={18} />} title={title}>
      <List size="sm" spacing={4}>
        {faults.slice(0, 30).map((fault) => {
          const found = placeNamed(draft.document, fault.path, language);
          return (
            <List.Item key={`${fault.path} ${fault.reason}`}>
              {found.place === null ? (
                <Text span size="sm" fw={500}>
                  {found.name}
                </Text>
              ) : (
                <Anchor component="button" type="button" size="sm" fw={500} onClick={() => found.place !== null && onEdit(found.place)}>
                  {found.name}
                </Anchor>
              )}
              : {fault.reason}
              {fault.suggestion ? ` → ${fault.suggestion}` : ''}
            </List.Item>
          );
        })}
      </List>
      <Text size="xs" c="dimmed" mt={4}>
        {faults.length > 30 ? t('changes', { count: faults.length }) : ''}
      </Text>
    </Alert>
  );
}

function Send({ program, draft, simulation, count, first }: { program: string; draft: Draft; simulation: Simulation; count: number; first: boolean }) {
  const { t } = useProgramWords();
  const queries = useQueryClient();
  const navigate = useNavigate({ from: '/p/$program/program' });
  const takesTwo = useTakesTwo();
  const [note, setNote] = useState('');
  const [later, setLater] = useState('');
  const zone = useProgram(program)?.timezone ?? draft.document.timezone;
  const [asking, setAsking] = useState(false);
  const publish = useMutation({
    mutationFn: async () => {
      const answer = await http.POST('/v1/programs/{program}/program/publish', {
        params: { path: { program } },
        // Exactly what was looked at: whatever somebody saved since is not published unseen.
        body: { document: draft.document as unknown as Record<string, never>, note, ...(simulation.shown !== undefined && simulation.isOfDraft ? { simulation_id: simulation.shown.id } : {}), ...(later === '' ? {} : { effective_from: instantOf(later, zone) }) },
      });
      if (answer.error !== undefined) {
        throw answer.error;
      }
      return { status: answer.response.status, said: answer.data };
    },
    onSuccess: ({ status, said }) => {
      setAsking(false);
      setNote('');
      refreshDraft(queries);
      void queries.invalidateQueries();
      const revision = 'revision' in said ? said : null;
      if (status === 202 || revision === null) {
        notifications.show({ title: t('waitsFor'), message: t('waitsForText'), color: 'blue' });
        return;
      }
      notifications.show({ title: t('published'), message: t(revision.taking_effect ? 'publishedSoon' : 'publishedText', { number: revision.revision.number }), color: 'teal' });
      void navigate({ search: { view: 'history' } });
    },
  });
  return (
    <Card withBorder padding="md">
      <Stack>
        <Textarea label={t('note')} description={t('noteHint')} value={note} onChange={(event) => setNote(event.currentTarget.value)} autosize minRows={2} maxLength={1000} />
        <Group align="flex-end" justify="space-between">
          <MomentInput label={t('from')} description={later === '' ? t('atOnce') : t('later')} value={later} onChange={setLater} />
          <Button onClick={() => setAsking(true)}>{t(takesTwo ? 'askPublish' : 'doPublish')}</Button>
        </Group>
      </Stack>
      <Confirm opened={asking} title={first ? t('firstTitle') : t('publishTitle', { count })} verb={t(takesTwo ? 'askPublish' : 'doPublish')} busy={publish.isPending} failure={publish.error} onConfirm={() => publish.mutate()} onClose={() => setAsking(false)}>
        <Text size="sm">{t(takesTwo ? 'askText' : 'publishText')}</Text>
        {first ? null : (
          <ImpactInShort
            draft={draft}
            simulation={simulation}
            onRun={() => {
              setAsking(false);
              simulation.begin(USUAL_DAYS);
            }}
          />
        )}
      </Confirm>
    </Card>
  );
}

// Goals: how far each is and whether it will be reached; setting, changing and deleting them.
import { Badge, Button, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { api, type Schemas } from '@api';
import { span } from '@shared/days';
import { RowsButton, SqlButton, useFigureName, valued } from '@shared/figures';
import { useNames } from '@shared/names';
import { useMay } from '@shared/session';
import { About } from '@shared/ui';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useHomeWords } from './words';

type Goal = Schemas['GoalOut'];

const GoalForm = lazy(() => import('./goal-form'));
const GoalRemoval = lazy(() => import('./goal-removal'));
const COLOUR = { not_begun: 'gray', begun: 'gray', ahead: 'green', on_track: 'puntal', behind: 'orange', reached: 'green', missed: 'red' } as const;

export function Goals({ goals, currency }: { goals: readonly Goal[]; currency: string }) {
  const { t } = useHomeWords();
  const may = useMay();
  const { program = '' } = useParams({ strict: false });
  const [all, setAll] = useState(false);
  const [editing, setEditing] = useState<Goal | 'new'>();
  const everyone = api.useQuery('get', '/v1/programs/{program}/goals', { params: { path: { program } } });
  const shown = all ? (everyone.data?.items ?? goals) : goals;
  const others = (everyone.data?.items.length ?? 0) - goals.length;
  const writes = may('program:write');
  return (
    <Paper withBorder p="md" component="section" aria-label={t('goals')}>
      <Group justify="space-between" mb="sm">
        <Text component="h2" fw={600} size="sm">
          {t('goals')}
        </Text>
        {writes ? (
          <Button size="compact-sm" variant="light" onClick={() => setEditing('new')}>
            {t('setGoal')}
          </Button>
        ) : null}
      </Group>
      {shown.length === 0 ? (
        <>
          <Text size="sm" fw={500}>
            {t('noGoals')}
          </Text>
          <Text size="sm" c="dimmed">
            {t('noGoalsText')}
          </Text>
        </>
      ) : (
        <Stack gap="md">
          {shown.map((goal) => (
            <GoalRow key={goal.id} goal={goal} currency={currency} onEdit={writes ? () => setEditing(goal) : undefined} />
          ))}
        </Stack>
      )}
      {others > 0 ? (
        <Button size="compact-xs" variant="subtle" mt="sm" onClick={() => setAll(!all)} aria-pressed={all}>
          {all ? t('runningGoals') : t('allGoals')}
        </Button>
      ) : null}
      {editing === undefined ? null : (
        <Suspense>
          <GoalForm goal={editing === 'new' ? undefined : editing} currency={currency} onClose={() => setEditing(undefined)} />
        </Suspense>
      )}
    </Paper>
  );
}

function GoalRow({ goal, currency, onEdit }: { goal: Goal; currency: string; onEdit: (() => void) | undefined }) {
  const { t, language } = useHomeWords();
  const names = useNames();
  const nameOf = useFigureName();
  const [deleting, setDeleting] = useState(false);
  const say = (value: number | null) => valued(value, goal, currency, names, language);
  return (
    <div>
      <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
        <Group gap={2}>
          <Text size="sm" fw={500}>
            {goal.name}
          </Text>
          <About text={`${nameOf(goal.metric, goal.wallet)}: ${goal.formula}${goal.forecast === null ? '' : `. ${t('forecastText')}`}`} label={goal.name} size={14} />
          {goal.rows === null ? <SqlButton sql={goal.sql} title={goal.name} small /> : <RowsButton rows={goal.rows} sql={goal.sql} title={goal.name} currency={currency} small />}
        </Group>
        <Badge variant="light" color={COLOUR[goal.pace]} style={{ flex: 'none' }}>
          {t(`pace.${goal.pace}`)}
        </Badge>
      </Group>
      <Progress value={Math.min(goal.share, 100)} color={COLOUR[goal.pace]} my={6} aria-label={`${goal.name}: ${goal.share} %`} />
      <Text size="xs" c="dimmed">
        {[
          `${t('goalValue', { value: say(goal.value), target: `${t(goal.direction)} ${say(goal.target)}` })}`,
          ...(goal.forecast === null || goal.days_left === 0 ? [] : [t('forecast', { value: say(Math.round(goal.forecast)) })]),
          goal.days_left > 0 ? t('daysLeft', { count: goal.days_left }) : span(goal.from, goal.through, language),
        ].join(' · ')}
      </Text>
      {onEdit === undefined ? null : (
        <Group gap={4} ml={-8}>
          <Button size="compact-xs" variant="subtle" onClick={onEdit} aria-label={`${t('edit')}: ${goal.name}`}>
            {t('edit')}
          </Button>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => setDeleting(true)} aria-label={`${t('remove')}: ${goal.name}`}>
            {t('remove')}
          </Button>
        </Group>
      )}
      {deleting ? (
        <Suspense>
          <GoalRemoval goal={goal} onClose={() => setDeleting(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}

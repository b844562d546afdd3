// Deleting a goal, after asking.
import { Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useHomeWords } from './words';

export default function GoalRemoval({ goal, onClose }: { goal: Schemas['GoalOut']; onClose: () => void }) {
  const { t } = useHomeWords();
  const { program = '' } = useParams({ strict: false });
  const queries = useQueryClient();
  const remove = api.useMutation('delete', '/v1/programs/{program}/goals/{goal_id}', {
    onSuccess: () => {
      notifications.show({ message: t('deleted') });
      void queries.invalidateQueries({ queryKey: ['get', '/v1/programs/{program}/goals'] });
      void queries.invalidateQueries({ queryKey: ['get', '/v1/programs/{program}/reports/home'] });
      onClose();
    },
  });
  return (
    <Confirm
      opened
      title={t('deleteGoal')}
      verb={t('deleteGoal')}
      danger
      busy={remove.isPending}
      failure={remove.error}
      onConfirm={() => remove.mutate({ params: { path: { program, goal_id: goal.id } } })}
      onClose={onClose}
    >
      <Text size="sm">{t('deleteText', { name: goal.name })}</Text>
    </Confirm>
  );
}

// Merges of this record with others, from the log, and undoing them.
import { Button, Card, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api } from '@api';
import { day } from '@shared/format';
import { useMay } from '@shared/session';
import { Failure } from '@shared/ui';
import { usePath, useRefresh, useZone, type Member } from './data';
import { useOneWords } from './words';

interface Detail {
  merge?: string;
}

export function Merges({ member }: { member: Member }) {
  const { t, language } = useOneWords();
  const { program } = usePath();
  const zone = useZone();
  const may = useMay();
  const refresh = useRefresh();
  const log = api.useQuery(
    'get',
    '/v1/programs/{program}/audit',
    { params: { path: { program }, query: { subject: `member:${member.id}`, limit: 100 } } },
    { enabled: may('audit:read') && may('members:merge') },
  );
  const undo = api.useMutation('post', '/v1/programs/{program}/merges/{merge_id}/undo', {
    onSuccess: () => {
      notifications.show({ message: t('parted') });
      refresh();
    },
  });
  const entries = log.data?.items ?? [];
  const parted = new Set(entries.filter((each) => each.action === 'member.parted').map((each) => (each.detail as Detail).merge));
  const merges = entries.filter((each) => each.action === 'member.merged' && !parted.has((each.detail as Detail).merge));
  if (merges.length === 0) {
    return null;
  }
  return (
    <Card withBorder padding="lg">
      {merges.map((each) => (
        <Group key={each.id} justify="space-between">
          <Text size="sm">{t('mergedBefore', { day: day(each.at, zone, language) })}</Text>
          <Button
            size="compact-sm"
            variant="default"
            loading={undo.isPending}
            onClick={() => undo.mutate({ params: { path: { program, merge_id: (each.detail as Detail).merge ?? '' } } })}
          >
            {t('undo')}
          </Button>
        </Group>
      ))}
      {undo.error ? <Failure failure={undo.error} writing /> : null}
    </Card>
  );
}

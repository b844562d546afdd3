// Small things that several parts of the members' screens show.
import { Badge } from '@mantine/core';
import type { Status } from './routes';
import { useMemberWords } from './words';

const COLOURS: Partial<Record<Status, string>> = { active: 'teal', paused: 'yellow', blocked: 'red' };

export function StatusBadge({ status }: { status: Status }) {
  const { t } = useMemberWords();
  return (
    <Badge variant="light" color={COLOURS[status] ?? 'gray'} autoContrast tt="none" fw={600} miw="max-content" style={{ overflow: 'visible' }}>
      {t(`statuses.${status}`)}
    </Badge>
  );
}

// Choosing a member by anything one may hold of them; nobody chosen is somebody new.
import { ActionIcon, Group, Text } from '@mantine/core';
import { FindMember } from '@shared/find-member';
import { useMay } from '@shared/session';
import { IconX } from '@tabler/icons-react';
import { useProgramWords } from './words';

export interface Picked {
  id: string;
  name: string;
}

export function MemberPick({ program, value, onChange }: { program: string; value: Picked | null; onChange: (picked: Picked | null) => void }) {
  const { t } = useProgramWords();
  const may = useMay();
  if (value !== null) {
    return (
      <div>
        <Text size="sm" fw={500}>
          {t('member')}
        </Text>
        <Group gap="xs">
          <Text size="sm">{value.name}</Text>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('someoneElse')} onClick={() => onChange(null)}>
            <IconX size={14} />
          </ActionIcon>
        </Group>
      </div>
    );
  }
  if (!may('members:read')) {
    return null;
  }
  return (
    <div>
      <FindMember program={program} label={t('member')} onChoose={(found) => onChange({ id: found.id, name: found.called ?? t('unnamed') })} />
      <Text size="xs" c="dimmed" mt={4}>
        {t('someone')}
      </Text>
    </div>
  );
}

// What sort of program a template is, as people choose by.
import { Badge, Group } from '@mantine/core';
import type { Schemas } from '@api';
import { useStartWords } from './words';

export type Kind = Schemas['TemplateOut']['kinds'][number];
export const KINDS: readonly Kind[] = ['points', 'stamps', 'tiers', 'cashback', 'business'];

export function Kinds({ kinds }: { kinds: readonly Kind[] }) {
  const { t } = useStartWords();
  return (
    <Group gap={4}>
      {kinds.map((each) => (
        <Badge key={each} variant="light" tt="none" fw={500} size="sm">
          {t(`sorts.${each}`)}
        </Badge>
      ))}
    </Group>
  );
}

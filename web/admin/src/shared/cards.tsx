// Rows of tables where there is no room for columns: one card each, what identifies it on top.
import { Checkbox, Group, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { useUiWords } from './ui.words';

/** Whether tables are drawn as cards. */
export function useNarrow(): boolean {
  return useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false });
}

export interface Fact {
  key: string;
  title: ReactNode;
  value: ReactNode;
}

interface RowCardProps {
  head: ReactNode;
  facts: readonly Fact[];
  /** Buttons of the row. */
  act?: ReactNode;
  ticked?: boolean | undefined;
  onTick?: ((ticked: boolean) => void) | undefined;
  onOpen?: (() => void) | undefined;
}

export function RowCard({ head, facts, act, ticked, onTick, onOpen }: RowCardProps) {
  const { t } = useUiWords();
  return (
    <li className="row-card" data-opens={onOpen !== undefined} onClick={onOpen}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        {onTick === undefined ? null : (
          <Checkbox mt={2} aria-label={t('tick')} checked={ticked ?? false} onClick={(event) => event.stopPropagation()} onChange={(event) => onTick(event.currentTarget.checked)} />
        )}
        <div className="row-card-body">
          <Text component="div" size="sm" fw={500}>
            {head}
          </Text>
          <dl>
            {facts.map((each) => (
              <div key={each.key}>
                <dt>{each.title}</dt>
                <dd>{each.value}</dd>
              </div>
            ))}
          </dl>
        </div>
        {act}
      </Group>
    </li>
  );
}

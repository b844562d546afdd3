// The open explanation behind a question mark. Loaded when somebody first asks for one.
import { ActionIcon, Anchor, Popover, Text } from '@mantine/core';
import { IconHelpCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { useUiWords } from './ui.words';

interface ExplainedProps {
  label: string;
  text: string;
  guide?: string | undefined;
  size?: number;
}

export default function Explained({ label, text, guide, size = 18 }: ExplainedProps) {
  const { t, language } = useUiWords();
  const [opened, setOpened] = useState(true);
  return (
    <Popover width={320} position="bottom-start" withArrow shadow="md" trapFocus returnFocus opened={opened} onChange={setOpened}>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" size={size + 10} aria-label={label} onClick={() => setOpened(!opened)}>
          <IconHelpCircle size={size} stroke={1.6} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm" tabIndex={-1} data-autofocus>
          {text}
        </Text>
        {guide === undefined ? null : (
          <Anchor href={`/guides/${language}/${guide}`} target="_blank" size="sm" mt="xs" display="inline-block">
            {t('guide')}
          </Anchor>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

// The SQL that adds a figure up anew from the books: to be read, copied, and run by whoever wants to see for herself.
import { Button, Code, CopyButton, Group, Modal, ScrollArea, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useSql } from './figures';
import { useFigureWords } from './figures.words';
import { Loaded } from './ui';

interface FigureSqlProps {
  /** Below the program's address, with its query, as the server gave it with the figure. */
  sql: string;
  title: string;
  onClose: () => void;
}

export default function FigureSql({ sql, title, onClose }: FigureSqlProps) {
  const { t } = useFigureWords();
  const found = useSql(sql);
  return (
    <Modal opened onClose={onClose} size="xl" title={<Text fw={600}>{t('sqlOf', { figure: title })}</Text>} closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t(sql.startsWith('reports/tables/') ? 'sqlTable' : 'sqlText')}
        </Text>
        <Loaded query={found} rows={8}>
          {({ sql: text, formula }) => (
            <>
              <Text size="sm">{formula}</Text>
              <ScrollArea.Autosize mah={420} viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('sqlOf', { figure: title }) }}>
                <Code block>{text}</Code>
              </ScrollArea.Autosize>
              <Group justify="flex-end">
                <CopyButton value={text}>
                  {({ copied, copy }) => (
                    <Button leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />} onClick={copy}>
                      {copied ? t('copied') : t('copy')}
                    </Button>
                  )}
                </CopyButton>
              </Group>
            </>
          )}
        </Loaded>
      </Stack>
    </Modal>
  );
}

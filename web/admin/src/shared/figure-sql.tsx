// The SQL that adds a figure up anew from the books: to be read, copied, and run by whoever wants to see for herself.
import { Button, Code, CopyButton, Group, Modal, ScrollArea, Stack, Text } from '@mantine/core';
import { api } from '@api';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
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
  const { program = '' } = useParams({ strict: false });
  const [address = '', search = ''] = sql.split('?');
  const found = api.useQuery('get', `/v1/programs/{program}/${address}` as '/v1/programs/{program}/reports/kpis/sql', {
    // The server wrote the address, so its query is what the route takes.
    params: { path: { program }, query: Object.fromEntries(new URLSearchParams(search)) as never },
  });
  return (
    <Modal opened onClose={onClose} size="xl" title={<Text fw={600}>{t('sqlOf', { figure: title })}</Text>} closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('sqlText')}
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

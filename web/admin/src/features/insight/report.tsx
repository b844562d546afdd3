// The head of a report (what it tells, and its file), and a table of it.
import { Button, Group, Paper, ScrollArea, Stack, Table, Text } from '@mantine/core';
import { saveCsv } from '@shared/csv';
import { Failure } from '@shared/ui';
import { IconDownload } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useInsightWords } from './words';

interface ReportProps {
  program: string;
  /** Its address below the program's, with its query. */
  path: string;
  /** What it tells: the formula in words. */
  about?: string;
  file: string;
  beside?: ReactNode;
  children: ReactNode;
}

export function Report({ program, path, about, file, beside, children }: ReportProps) {
  const { t } = useInsightWords();
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const save = async () => {
    setSaving(true);
    setFailure(undefined);
    await saveCsv(program, path, file, () => undefined).catch(setFailure);
    setSaving(false);
  };
  return (
    <Stack>
      <Group justify="space-between" align="flex-start">
        <Text size="sm" c="dimmed" maw={640}>
          {about}
        </Text>
        <Group gap="xs">
          {beside}
          <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} loading={saving} onClick={() => void save()}>
            {t('csv')}
          </Button>
        </Group>
      </Group>
      {failure === undefined ? null : <Failure failure={failure} retry={() => void save()} />}
      {children}
    </Stack>
  );
}

interface Column<Row> {
  title: string;
  cell: (row: Row) => ReactNode;
  /** Numbers are right-aligned. */
  number?: boolean;
}

/** A table whose every number is written by the caller. */
export function Grid<Row>({ label, rows, id, columns }: { label: string; rows: readonly Row[]; id: (row: Row) => string; columns: readonly Column<Row>[] }) {
  return (
    <Paper withBorder style={{ overflow: 'hidden' }}>
      <ScrollArea viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
        <Table verticalSpacing="xs" horizontalSpacing="md" miw={560}>
          <Table.Thead>
            <Table.Tr>
              {columns.map((each, at) => (
                <Table.Th key={at} ta={each.number ? 'right' : undefined} style={{ whiteSpace: 'nowrap' }}>
                  {each.title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={id(row)}>
                {columns.map((each, at) => (
                  <Table.Td key={at} ta={each.number ? 'right' : undefined}>
                    {each.cell(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
    </Paper>
  );
}

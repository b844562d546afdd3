// The first rows of a file, with what each column is; or the rows that were refused, with why.
import { Select, Table, Text } from '@mantine/core';
import { PLAIN, type Column } from './import-rows';
import type { Read, Row } from './import-run';
import { useImportWords } from './import.words';
import type { OwnField } from './program';

const NONE = '';

export function Preview({ read, rows, fields, onColumns }: { read: Read; rows: Row[]; fields: OwnField[]; onColumns: (columns: Column[]) => void }) {
  const { t } = useImportWords();
  const choices = [{ value: NONE, label: t('notUsed') }, ...PLAIN.map((each) => ({ value: each as string, label: t(`columns.${each}`) })), ...fields.map((each) => ({ value: `own ${each.name}`, label: each.label }))];
  const choose = (at: number, value: string): void => {
    const chosen = PLAIN.find((each) => each === value) ?? fields.find((each) => `own ${each.name}` === value) ?? null;
    onColumns(read.columns.map((column, index) => (index === at ? chosen : column === chosen ? null : column)));
  };
  return (
    <Table.ScrollContainer minWidth={Math.max(400, read.heads.length * 150)} mah={340}>
      <Table fz="sm">
        <Table.Thead>
          <Table.Tr>
            {read.heads.map((head, index) => {
              const column = read.columns[index] ?? null;
              return (
                <Table.Th key={index} fw={400} style={{ verticalAlign: 'bottom' }}>
                  <Text size="sm" fw={600} mb={4} lineClamp={2}>
                    {head}
                  </Text>
                  <Select
                    size="xs"
                    aria-label={t('columnIs', { number: index + 1, head })}
                    data={choices}
                    value={column === null ? NONE : typeof column === 'string' ? column : `own ${column.name}`}
                    onChange={(value) => choose(index, value ?? NONE)}
                    allowDeselect={false}
                    comboboxProps={{ width: 200, position: 'bottom-start' }}
                  />
                </Table.Th>
              );
            })}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={read.rows.indexOf(row)}>
              {read.heads.map((_, index) => (
                <Table.Td key={index} c={read.columns[index] === null ? 'dimmed' : undefined}>
                  {row.cells[index]}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

export function Refused({ read, rows }: { read: Read; rows: Row[] }) {
  const { t } = useImportWords();
  return (
    <Table.ScrollContainer minWidth={400} mah={300}>
      <Table fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th miw={220}>{t('reason')}</Table.Th>
            {read.heads.map((head, index) => (
              <Table.Th key={index}>{head}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={read.rows.indexOf(row)}>
              <Table.Td>{row.refused}</Table.Td>
              {read.heads.map((_, index) => (
                <Table.Td key={index}>{row.cells[index]}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

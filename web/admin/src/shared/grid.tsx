// A short table whose every cell is written by its caller; cards on a phone.
import { Paper, ScrollArea, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { RowCard, useNarrow } from './cards';

export interface Column<Row> {
  /** Nothing for buttons. */
  title: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Numbers are right-aligned. */
  number?: boolean;
}

interface GridProps<Row> {
  label: string;
  rows: readonly Row[];
  id: (row: Row) => string;
  columns: readonly Column<Row>[];
  /** Without a frame of its own: inside a card. */
  bare?: boolean;
  minWidth?: number;
}

export function Grid<Row>({ label, rows, id, columns, bare = false, minWidth = 560 }: GridProps<Row>) {
  const narrow = useNarrow();
  const inside = narrow ? <Cards label={label} rows={rows} id={id} columns={columns} /> : <Lines label={label} rows={rows} id={id} columns={columns} bare={bare} minWidth={minWidth} />;
  return bare ? (
    inside
  ) : (
    <Paper withBorder style={{ overflow: 'hidden' }}>
      {inside}
    </Paper>
  );
}

type InsideProps<Row> = Pick<GridProps<Row>, 'label' | 'rows' | 'id' | 'columns'>;

function Cards<Row>({ label, rows, id, columns }: InsideProps<Row>) {
  const [first, ...rest] = columns;
  return (
    <ul className="row-cards" aria-label={label}>
      {rows.map((row) => (
        <RowCard
          key={id(row)}
          head={first?.cell(row)}
          facts={rest.flatMap((each, at) => (each.title === '' ? [] : [{ key: String(at), title: each.title, value: each.cell(row) }]))}
          act={rest.filter((each) => each.title === '').map((each, at) => <div key={at}>{each.cell(row)}</div>)}
        />
      ))}
    </ul>
  );
}

function Lines<Row>({ label, rows, id, columns, bare, minWidth }: InsideProps<Row> & { bare: boolean; minWidth: number }) {
  return (
    <ScrollArea viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
      <Table verticalSpacing="xs" horizontalSpacing={bare ? 'xs' : 'md'} miw={minWidth}>
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
  );
}

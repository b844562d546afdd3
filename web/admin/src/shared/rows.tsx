// Lists that go on: the server gives a page and where the next begins, we keep appending.
import { Button, Group, Paper, Text } from '@mantine/core';
import { DataTable, type DataTableColumn } from 'mantine-datatable';
import 'mantine-datatable/styles.css';
import { useDeferredValue, type ReactNode } from 'react';
import { RowCard, useNarrow } from './cards';
import { whole } from './format';
import { Failure, Waiting } from './ui';
import { useUiWords } from './ui.words';

interface PageOf<Row> {
  items: Row[];
  next?: string | null;
}

interface RowsProps<Row> {
  /** An `api.useInfiniteQuery` over a paged list (`pageParamName: 'cursor'`). */
  query: {
    data: { pages: (PageOf<Row> | undefined)[] } | undefined;
    error: unknown;
    isFetchingNextPage: boolean;
    hasNextPage: boolean;
    fetchNextPage: () => unknown;
    refetch: () => unknown;
  };
  columns: DataTableColumn<Row>[];
  id: (row: Row) => string;
  onOpen?: ((row: Row) => void) | undefined;
  /** The rows that are ticked; without it none can be. */
  selected?: Row[] | undefined;
  onSelect?: ((rows: Row[]) => void) | undefined;
  /** What stands where there are no rows. */
  empty: ReactNode;
  /** Names the table for those who hear it. */
  label: string;
  /** How many there are in all, or that there are more than so many. */
  total?: { count: number; more: boolean } | undefined;
}

/** A table that grows: newest pages are appended, the number shown is the number loaded. */
export function Rows<Row>({ query, columns, id, onOpen, selected, onSelect, empty, label, total }: RowsProps<Row>) {
  const { t, language } = useUiWords();
  const narrow = useNarrow();
  // Drawn in pieces: the page goes on answering meanwhile.
  const data = useDeferredValue(query.data);
  if (data === undefined) {
    return query.error ? <Failure failure={query.error} retry={() => void query.refetch()} /> : <Waiting rows={8} height={32} />;
  }
  const ticks = {
    allRecordsSelectionCheckboxProps: { 'aria-label': t('tickAll') },
    getRecordSelectionCheckboxProps: () => ({ 'aria-label': t('tick') }),
  };
  const rows = data.pages.flatMap((page) => page?.items ?? []);
  if (rows.length === 0) {
    return <>{empty}</>;
  }
  return (
    <Paper withBorder style={{ overflow: 'hidden' }} role="region" aria-label={label}>
      {narrow ? <Cards columns={columns} rows={rows} id={id} onOpen={onOpen} selected={selected} onSelect={onSelect} /> : (
      <DataTable<Row>
        columns={columns}
        records={rows}
        idAccessor={(row) => id(row)}
        highlightOnHover={onOpen !== undefined}
        scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
        verticalSpacing="xs"
        minHeight={0}
        {...(selected === undefined || onSelect === undefined
          ? {}
          : { selectedRecords: selected, onSelectedRecordsChange: onSelect, ...ticks })}
        {...(onOpen === undefined ? {} : { onRowClick: ({ record }: { record: Row }) => onOpen(record) })}
      />
      )}
      <Group justify="space-between" px="md" py="xs">
        <Text size="sm" c="dimmed">
          {total === undefined || !query.hasNextPage ? t('allShown', { count: rows.length }) : t(total.more ? 'shownOfMore' : 'shownOf', { shown: whole(rows.length, language), all: whole(total.count, language) })}
        </Text>
        {query.hasNextPage ? (
          <Button size="xs" variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {t('more')}
          </Button>
        ) : null}
      </Group>
      {query.error ? <Failure failure={query.error} retry={() => void query.fetchNextPage()} /> : null}
    </Paper>
  );
}

type CardsProps<Row> = Pick<RowsProps<Row>, 'columns' | 'id' | 'onOpen' | 'selected' | 'onSelect'> & { rows: Row[] };

/** The same rows where there is no room for columns: the first one is what a row is called, columns without a title are its buttons. */
function Cards<Row>({ columns, rows, id, onOpen, selected, onSelect }: CardsProps<Row>) {
  const shown = columns.filter((each) => each.hidden !== true);
  const acts = shown.filter((each) => each.accessor === 'actions' || (typeof each.title === 'string' && each.title.trim() === ''));
  const [first, ...rest] = shown.filter((each) => !acts.includes(each));
  const cell = (column: DataTableColumn<Row>, row: Row, at: number): ReactNode => (column.render === undefined ? String((row as Record<string, unknown>)[String(column.accessor)] ?? '–') : column.render(row, at));
  return (
    <ul className="row-cards">
      {rows.map((row, at) => (
        <RowCard
          key={id(row)}
          head={first === undefined ? null : cell(first, row, at)}
          facts={rest.map((each) => ({ key: String(each.accessor), title: each.title, value: cell(each, row, at) }))}
          act={acts.map((each) => (
            <div key={String(each.accessor)}>{cell(each, row, at)}</div>
          ))}
          ticked={selected?.some((each) => id(each) === id(row))}
          onTick={
            selected === undefined || onSelect === undefined
              ? undefined
              : (ticked) => onSelect(ticked ? [...selected, row] : selected.filter((each) => id(each) !== id(row)))
          }
          onOpen={onOpen === undefined ? undefined : () => onOpen(row)}
        />
      ))}
    </ul>
  );
}

/** How infinite queries over our pages find the next one. */
export const paged = {
  pageParamName: 'cursor',
  // Not undefined: the query library would ask for page 0.
  initialPageParam: null as string | null,
  getNextPageParam: (page: { next?: string | null } | undefined) => page?.next ?? undefined,
};

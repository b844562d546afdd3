// The rows behind a figure, in a drawer. Which list it is follows from the address that the server gave with the figure.
import { Button, Drawer, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { saveCsv } from './csv';
import { LISTS } from './figure-lists';
import { SqlButton } from './figures';
import { useFigureWords, type FigureWord } from './figures.words';
import { whole } from './format';
import { useNames } from './names';
import { Failure } from './ui';

interface FigureRowsProps {
  /** Below the program's address, with its query. */
  rows: string;
  title: string;
  currency: string;
  /** Of a rate: the rows of what it is a part of. */
  whole?: string | undefined;
  /** Where SQL is that adds the figure up anew. */
  sql?: string | undefined;
  onClose: () => void;
}

/** What a list behind a rate is called: by what is counted in it. */
function usePartName(): (rows: string) => string {
  const { t } = useFigureWords();
  const names = useNames();
  return (rows) => {
    const [address = '', search = ''] = rows.split('?');
    const query = new URLSearchParams(search);
    const id = query.get('of') ?? address.split('/').pop() ?? '';
    const wallet = query.get('wallet');
    return t(`parts.${id}` as FigureWord, wallet === null ? {} : { wallet: names.wallet(wallet) });
  };
}

export default function FigureRows({ rows: part, whole: all, title, currency, sql, onClose }: FigureRowsProps) {
  const { t, language } = useFigureWords();
  const { program = '' } = useParams({ strict: false });
  const [saving, setSaving] = useState<number>();
  const [failure, setFailure] = useState<unknown>();
  const [shown, setShown] = useState<'part' | 'whole'>('part');
  const partName = usePartName();
  const rows = shown === 'whole' && all !== undefined ? all : part;
  const [address = '', search = ''] = rows.split('?');
  const List = LISTS[address.replace(/^reports\//, '')];
  const save = async () => {
    setFailure(undefined);
    setSaving(0);
    try {
      await saveCsv(program, rows, title, setSaving);
    } catch (reason) {
      setFailure(reason);
    }
    setSaving(undefined);
  };
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="xl"
      title={<Text fw={600}>{t('rowsOf', { figure: title })}</Text>}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        {all === undefined ? null : (
          <SegmentedControl
            aria-label={t('ratioOf')}
            value={shown}
            onChange={(value) => setShown(value as 'part' | 'whole')}
            data={[
              { value: 'part', label: partName(part) },
              { value: 'whole', label: partName(all) },
            ]}
          />
        )}
        <Group>
          <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} loading={saving !== undefined} onClick={() => void save()}>
            {t('csv')}
          </Button>
          {sql === undefined ? null : <SqlButton sql={sql} title={title} />}
          {saving ? (
            <Text size="xs" c="dimmed" role="status">
              {t('saving', { count: whole(saving, language) })}
            </Text>
          ) : null}
        </Group>
        {failure === undefined ? null : <Failure failure={failure} retry={() => void save()} />}
        {List === undefined ? null : <List key={rows} query={Object.fromEntries(new URLSearchParams(search))} currency={currency} label={title} />}
      </Stack>
    </Drawer>
  );
}

// The head of a report (what it tells, and its file), and a table of it.
import { Button, Group, Stack, Text } from '@mantine/core';
import { saveCsv } from '@shared/csv';
import { SqlButton, useSql } from '@shared/figures';
import { useFigureWords } from '@shared/figures.words';
import { About, Failure } from '@shared/ui';
import { IconDownload } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useInsightWords } from './words';

interface ReportProps {
  program: string;
  /** Its address below the program's, with its query. */
  path: string;
  /** Where it is a part of a page. */
  title?: string;
  /** What it tells: the formula in words. */
  about?: string;
  file: string;
  /** Where SQL is that makes its table, and what each column of it is. */
  sql?: string;
  beside?: ReactNode;
  children: ReactNode;
}

export function Report({ program, path, title, about, file, sql, beside, children }: ReportProps) {
  const { t } = useInsightWords();
  const [saving, setSaving] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const formula = useSql(sql).data?.formula;
  const { t: of } = useFigureWords();
  const save = async () => {
    setSaving(true);
    setFailure(undefined);
    await saveCsv(program, path, file, () => undefined).catch(setFailure);
    setSaving(false);
  };
  const help = formula === undefined ? null : <About text={formula} label={of('formula', { figure: title ?? file })} size={14} />;
  return (
    <Stack>
      <Group justify="space-between" align="flex-start">
        <div>
          {title === undefined ? null : (
            <Group gap={2}>
              <Text component="h2" fw={600}>
                {title}
              </Text>
              {about === undefined ? help : null}
            </Group>
          )}
          {about === undefined ? null : (
            <Text component="div" size="sm" c="dimmed" maw={640}>
              {about}
              {help}
            </Text>
          )}
        </div>
        <Group gap="xs">
          {beside}
          <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} loading={saving} onClick={() => void save()}>
            {t('csv')}
          </Button>
          {sql === undefined ? null : <SqlButton sql={sql} title={title ?? file} />}
        </Group>
      </Group>
      {failure === undefined ? null : <Failure failure={failure} retry={() => void save()} />}
      {children}
    </Stack>
  );
}

// Bringing members in from a file: looked at here, sent in parts, answered row by row.
import { Alert, Button, Checkbox, FileButton, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { whole } from '@shared/format';
import { useProgram } from '@shared/session';
import { Failure } from '@shared/ui';
import { IconFileUpload } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Preview, Refused } from './import-preview';
import { asWritten, columnsOf, PLAIN } from './import-rows';
import { useRun, type Read } from './import-run';
import { useImportWords } from './import.words';
import { useOwnFields, usePurposes, type OwnField } from './program';
import { readFile, saveFile, UnreadableError, writeTable } from './table';

const MOST = 200_000;
const SHOWN = 5;
const SHOWN_REFUSED = 50;

export function Import({ program, opened, onClose }: { program: string; opened: boolean; onClose: () => void }) {
  const { t } = useImportWords();
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (!busy) {
      return undefined;
    }
    // Rows are sent from this page: whoever leaves it is asked first.
    const stay = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', stay);
    return () => window.removeEventListener('beforeunload', stay);
  }, [busy]);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      withCloseButton={!busy}
      closeOnEscape={!busy}
      closeOnClickOutside={false}
      title={<Text fw={600}>{t('title')}</Text>}
      size="xl"
      centered
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <ImportForm program={program} onBusy={setBusy} onClose={onClose} />
    </Modal>
  );
}

function ImportForm({ program, onBusy, onClose }: { program: string; onBusy: (busy: boolean) => void; onClose: () => void }) {
  const { t, language } = useImportWords();
  const currency = useProgram()?.currency ?? 'EUR';
  const fields = useOwnFields();
  const [read, setRead] = useState<Read | null>(null);
  const [agreed, setAgreed] = useState<string[]>([]);
  const run = useRun(program, currency, agreed, onBusy);
  if (read === null) {
    return <Choose fields={fields} onRead={setRead} />;
  }
  const total = read.rows.length;
  const isOver = run.isStopped || run.done >= total;
  const refused = read.rows.filter((each) => each.refused !== undefined);
  const taken = (outcome: 'created' | 'known'): string => whole(read.rows.filter((each) => each.refused === undefined && each.outcome === outcome).length, language);
  const ofTwo = read.rows.filter((each) => each.isOfTwo === true).length;
  const numbers = { done: whole(run.done, language), total: whole(total, language) };
  const another = (): void => {
    run.forget();
    setRead(null);
  };
  if (isOver) {
    return (
      <Stack>
        <Alert color={run.isStopped || refused.length > 0 ? 'yellow' : 'teal'} title={run.isStopped ? t('stopped', numbers) : t('done')} role="status">
          {t('outcome', { created: taken('created'), known: taken('known'), refused: whole(refused.length, language) })} {run.isStopped ? t('stoppedText') : refused.length > 0 ? t('mend') : null}
        </Alert>
        {ofTwo === 0 ? null : <Text size="sm">{t('ofTwo', { count: ofTwo, number: whole(ofTwo, language) })}</Text>}
        {refused.length > SHOWN_REFUSED ? <Text size="sm">{t('firstRefused', { count: SHOWN_REFUSED })}</Text> : null}
        {refused.length === 0 ? null : <Refused read={read} rows={refused.slice(0, SHOWN_REFUSED)} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={another}>
            {t('otherFile')}
          </Button>
          {refused.length === 0 ? null : (
            <Button
              variant="default"
              onClick={() =>
                void writeTable([[...read.heads, t('reason')], ...refused.map((each) => [...read.heads.map((_, index) => each.cells[index] ?? ''), each.refused ?? ''])], read.separator).then(
                  (text) => saveFile(`${t('refusedFile')}-${read.file.replace(/\.[^.]*$/, '')}.csv`, text, 'text/csv'),
                )
              }
            >
              {t('refused', { count: refused.length, number: whole(refused.length, language) })}
            </Button>
          )}
          <Button onClick={onClose}>{t('close')}</Button>
        </Group>
      </Stack>
    );
  }
  if (run.isPending || run.done > 0) {
    return (
      <Stack>
        <Progress value={(100 * run.done) / total} animated={run.isPending} aria-label={t('title')} />
        <Text size="sm" role="status">
          {t('sent', numbers)}
        </Text>
        {run.error ? <Failure failure={run.error} writing retry={() => run.send(read)} /> : null}
        <Group justify="flex-end">
          {run.isPending ? (
            <Button variant="default" onClick={run.stop}>
              {t('stop')}
            </Button>
          ) : (
            <Button variant="default" onClick={onClose}>
              {t('close')}
            </Button>
          )}
        </Group>
      </Stack>
    );
  }
  const isNameless = !read.columns.some((each) => each === 'email' || each === 'phone' || each === 'card');
  const ignored = read.heads.filter((head, index) => read.columns[index] === null && head.trim() !== '');
  return (
    <Stack>
      <Text size="sm">{t('ready', { count: total, number: whole(total, language), file: read.file })}</Text>
      <Preview read={read} rows={read.rows.slice(0, SHOWN)} fields={fields} onColumns={(columns) => setRead({ ...read, columns })} />
      {ignored.length === 0 ? null : (
        <Text size="sm" c="dimmed">
          {t('ignored', { columns: ignored.join(', ') })}
        </Text>
      )}
      {isNameless ? <Alert color="red">{t('noIdentity')}</Alert> : null}
      <Agreed agreed={agreed} onAgreed={setAgreed} />
      {run.error ? <Failure failure={run.error} writing retry={() => run.send(read)} /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={another}>
          {t('otherFile')}
        </Button>
        <Button disabled={isNameless} onClick={() => run.send(read)}>
          {t('do', { count: total, number: whole(total, language) })}
        </Button>
      </Group>
    </Stack>
  );
}

/** Which file; why it cannot be read, where it cannot. */
function Choose({ fields, onRead }: { fields: OwnField[]; onRead: (read: Read) => void }) {
  const { t, language } = useImportWords();
  const [reading, setReading] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const open = async (file: File | null): Promise<void> => {
    if (file === null) {
      return;
    }
    setReading(true);
    setWrong(null);
    try {
      const { rows: all, separator } = await readFile(file);
      const [heads = [], ...rows] = all.map((cells) => cells.map(asWritten));
      if (rows.length === 0) {
        setWrong(t('nothing', { file: file.name }));
      } else if (rows.length > MOST) {
        setWrong(t('tooMany', { file: file.name, rows: whole(rows.length, language), most: whole(MOST, language) }));
      } else {
        onRead({ file: file.name, separator, heads, columns: columnsOf(heads, fields), rows: rows.map((cells) => ({ cells })) });
      }
    } catch (failure) {
      if (!(failure instanceof UnreadableError || failure instanceof DOMException)) {
        throw failure;
      }
      setWrong(t('unreadable', { file: file.name }));
    } finally {
      setReading(false);
    }
  };
  return (
    <Stack>
      <Text size="sm">{t('text')}</Text>
      <Text size="sm" c="dimmed">
        {t('columnsRead', { columns: [...PLAIN.map((each) => t(`columns.${each}`)), ...fields.map((each) => each.label)].join(', ') })}
      </Text>
      {wrong === null ? null : (
        <Alert color="red" role="alert">
          {wrong}
        </Alert>
      )}
      <Group>
        <FileButton onChange={(file) => void open(file)} accept=".csv,.tsv,.txt,.xlsx,text/csv">
          {(props) => (
            <Button leftSection={<IconFileUpload size={16} />} loading={reading} {...props}>
              {t('chooseFile')}
            </Button>
          )}
        </FileButton>
      </Group>
    </Stack>
  );
}

function Agreed({ agreed, onAgreed }: { agreed: string[]; onAgreed: (purposes: string[]) => void }) {
  const { t } = useImportWords();
  const purposes = usePurposes();
  return purposes.length === 0 ? null : (
    <Checkbox.Group label={t('agreed')} value={agreed} onChange={onAgreed}>
      <Stack gap="xs" mt={4}>
        {purposes.map((each) => (
          <Checkbox key={each.id} value={each.id} label={each.isRequired ? `${each.text} *` : each.text} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

// Bringing members in from a file: looked at here, sent in parts, answered row by row.
import { Alert, Button, Checkbox, FileButton, Group, Modal, Progress, Stack, Table, Text } from '@mantine/core';
import { http, type Schemas } from '@api';
import { whole } from '@shared/format';
import { useProgram } from '@shared/session';
import { Failure } from '@shared/ui';
import { IconFileUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { sentOf } from './own-fields';
import { useOwnFields, usePurposes, type OwnField } from './program';
import { readTable, saveFile, writeTable } from './table';
import { useMemberWords } from './words';

const AT_ONCE = 250;
const MOST = 50_000;
const SHOWN = 5;
const PLAIN = ['name', 'email', 'phone', 'card', 'birthday', 'country', 'locale', 'enrolled_at'] as const;
type Plain = (typeof PLAIN)[number];

// How spreadsheets call what we ask for, in both languages.
const CALLED: Record<Plain, RegExp> = {
  name: /^(name|nombre|full ?name|nombre completo)$/i,
  email: /^(e-?mail|correo( electr[oó]nico)?)$/i,
  phone: /^(phone|tel[eé]fono|m[oó]vil|mobile)$/i,
  card: /^(card|tarjeta|card number|n[uú]mero de tarjeta)$/i,
  birthday: /^(birthday|birth ?date|cumplea[nñ]os|fecha de nacimiento)$/i,
  country: /^(country|pa[ií]s)$/i,
  locale: /^(locale|language|idioma)$/i,
  enrolled_at: /^(enrolled_at|enrolled|joined|alta|fecha de alta)$/i,
};

interface Row {
  cells: string[];
  refused?: string;
  outcome?: 'created' | 'known';
}

interface Read {
  file: string;
  heads: string[];
  columns: (Plain | OwnField | null)[];
  rows: Row[];
}

export function Import({ program, opened, onClose }: { program: string; opened: boolean; onClose: () => void }) {
  const { t } = useMemberWords();
  const [busy, setBusy] = useState(false);
  return (
    <Modal opened={opened} onClose={busy ? () => undefined : onClose} title={<Text fw={600}>{t('importTitle')}</Text>} size="xl" centered closeButtonProps={{ 'aria-label': t('close') }}>
      <ImportForm program={program} onBusy={setBusy} onClose={onClose} />
    </Modal>
  );
}

function ImportForm({ program, onBusy, onClose }: { program: string; onBusy: (busy: boolean) => void; onClose: () => void }) {
  const { t, language } = useMemberWords();
  const currency = useProgram()?.currency ?? 'EUR';
  const fields = useOwnFields();
  const purposes = usePurposes();
  const queries = useQueryClient();
  const [read, setRead] = useState<Read | null>(null);
  const [agreed, setAgreed] = useState<string[]>([]);
  const [done, setDone] = useState(0);
  const run = useRef<string | null>(null);
  const open = async (file: File | null): Promise<void> => {
    if (file !== null) {
      const [heads = [], ...rows] = readTable(await file.text()).map((cells) => cells.map(asWritten));
      setDone(0);
      run.current = null;
      bring.reset();
      setRead({ file: file.name, heads, columns: heads.map((head) => columnOf(head.trim(), fields)), rows: rows.slice(0, MOST).map((cells) => ({ cells })) });
    }
  };
  const bring = useMutation<void, unknown, Read>({
    mutationFn: async (table) => {
      onBusy(true);
      const consents = purposes
        .filter((each) => agreed.includes(each.id))
        .map((each) => ({ purpose: each.id, channel: '', given: true, evidence: { source: 'import', note: t('importNote', { file: table.file }) } }));
      // Listed with other long work from now on; going on after a failure goes on with the same one.
      if (run.current === null) {
        const begun = await http.POST('/v1/programs/{program}/imports/members', { params: { path: { program } }, body: { name: table.file, total: table.rows.length } });
        if (begun.error !== undefined) {
          throw begun.error;
        }
        run.current = begun.data.id;
      }
      // Rows that were answered before stay answered: going on after a failure sends only the rest.
      for (let from = done; from < table.rows.length; from += AT_ONCE) {
        const part = table.rows.slice(from, from + AT_ONCE);
        const answer = await http.POST('/v1/programs/{program}/imports/{import_id}/members', {
          params: { path: { program, import_id: run.current } },
          body: { first: from, members: part.map((row) => memberOf(row.cells, table.columns, currency, consents)) },
        });
        if (answer.error !== undefined) {
          throw answer.error;
        }
        answer.data.items.forEach((item, index) => {
          const row = part[index];
          if (row !== undefined) {
            row.outcome = item.enrolled?.created ? 'created' : 'known';
            row.refused = item.refused ? [item.refused.title, ...(item.refused.errors ?? []).map((each) => String(each['reason'] ?? ''))].join(' ') : undefined;
          }
        });
        setDone(Math.min(from + AT_ONCE, table.rows.length));
      }
    },
    onSettled: () => {
      onBusy(false);
      void queries.invalidateQueries();
    },
  });
  if (read === null) {
    return (
      <Stack>
        <Text size="sm">{t('importText')}</Text>
        <Text size="sm" c="dimmed">
          {t('importColumns', { columns: [...PLAIN.map((each) => t(`columns.${each}`)), ...fields.map((each) => each.label)].join(', ') })}
        </Text>
        <Group>
          <FileButton onChange={(file) => void open(file)} accept=".csv,.tsv,.txt,text/csv">
            {(props) => (
              <Button leftSection={<IconFileUpload size={16} />} {...props}>
                {t('chooseFile')}
              </Button>
            )}
          </FileButton>
        </Group>
      </Stack>
    );
  }
  const isOver = done >= read.rows.length && read.rows.length > 0;
  const refused = read.rows.filter((each) => each.refused !== undefined);
  const ignored = read.heads.filter((_, index) => read.columns[index] === null);
  const lacksIdentity = !read.columns.some((each) => each === 'email' || each === 'phone' || each === 'card');
  return (
    <Stack>
      {isOver ? (
        <Alert color={refused.length === 0 ? 'teal' : 'yellow'} title={t('importDone')} role="status">
          {t('importOutcome', {
            created: whole(read.rows.filter((each) => each.refused === undefined && each.outcome === 'created').length, language),
            known: whole(read.rows.filter((each) => each.refused === undefined && each.outcome === 'known').length, language),
            refused: whole(refused.length, language),
          })}
        </Alert>
      ) : (
        <Text size="sm">{t('importReady', { count: read.rows.length, file: read.file })}</Text>
      )}
      {ignored.length === 0 ? null : (
        <Text size="sm" c="dimmed">
          {t('importIgnored', { columns: ignored.join(', ') })}
        </Text>
      )}
      {lacksIdentity ? <Alert color="red">{t('importNoIdentity')}</Alert> : null}
      <Rows read={read} rows={isOver ? refused.slice(0, 50) : read.rows.slice(0, SHOWN)} withReason={isOver} />
      {isOver || purposes.length === 0 ? null : (
        <Checkbox.Group label={t('importAgreed')} value={agreed} onChange={setAgreed}>
          <Stack gap="xs" mt={4}>
            {purposes.map((each) => (
              <Checkbox key={each.id} value={each.id} label={each.isRequired ? `${each.text} *` : each.text} />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
      {bring.isPending || (done > 0 && !isOver) ? <Progress value={(100 * done) / Math.max(read.rows.length, 1)} aria-label={t('importTitle')} /> : null}
      {bring.error ? <Failure failure={bring.error} writing retry={() => bring.mutate(read)} /> : null}
      <Group justify="flex-end">
        {isOver ? (
          <>
            {refused.length === 0 ? null : (
              <Button
                variant="default"
                onClick={() => saveFile(`refused-${read.file}`, writeTable([[...read.heads, t('reason')], ...refused.map((each) => [...each.cells, each.refused ?? ''])]), 'text/csv')}
              >
                {t('importRefused', { count: refused.length })}
              </Button>
            )}
            <Button onClick={onClose}>{t('close')}</Button>
          </>
        ) : (
          <>
            <Button variant="default" disabled={bring.isPending} onClick={() => setRead(null)}>
              {t('otherFile')}
            </Button>
            <Button loading={bring.isPending} disabled={lacksIdentity || read.rows.length === 0} onClick={() => bring.mutate(read)}>
              {t('importDo', { count: read.rows.length })}
            </Button>
          </>
        )}
      </Group>
    </Stack>
  );
}

function Rows({ read, rows, withReason }: { read: Read; rows: Row[]; withReason: boolean }) {
  const { t } = useMemberWords();
  return rows.length === 0 ? null : (
    <Table.ScrollContainer minWidth={400} mah={300}>
      <Table fz="sm">
        <Table.Thead>
          <Table.Tr>
            {withReason ? <Table.Th>{t('reason')}</Table.Th> : null}
            {read.heads.map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={read.rows.indexOf(row)}>
              {withReason ? <Table.Td>{row.refused}</Table.Td> : null}
              {read.heads.map((head, index) => (
                <Table.Td key={head}>{row.cells[index]}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Our own files put an apostrophe before what a spreadsheet would run, as phone numbers begin. */
function asWritten(cell: string): string {
  return cell.replace(/^'(?=[=+\-@])/, '');
}

function columnOf(head: string, fields: OwnField[]): Plain | OwnField | null {
  const plain = PLAIN.find((each) => CALLED[each].test(head));
  const same = (text: string) => text.localeCompare(head, undefined, { sensitivity: 'base' }) === 0;
  return plain ?? fields.find((each) => same(each.name) || same(each.label)) ?? null;
}

function memberOf(cells: string[], columns: Read['columns'], currency: string, consents: Schemas['ConsentIn'][]): Schemas['EnrolIn'] {
  const value = (name: Plain): string | null => cells[columns.indexOf(name)]?.trim() || null;
  const own = columns.flatMap((column, index): [OwnField, string][] => {
    const cell = cells[index]?.trim() ?? '';
    return column !== null && typeof column !== 'string' && cell !== '' ? [[column, cell]] : [];
  });
  const read = (field: OwnField, cell: string): string | string[] => {
    if (field.type === 'list') {
      return cell.split('|').map((each) => each.trim());
    }
    return field.type === 'flag' ? String(/^(true|yes|s[ií]|1|x)$/i.test(cell)) : cell;
  };
  const fields = own.map(([field]) => field);
  const enrolled = value('enrolled_at');
  return {
    ids: { email: value('email'), phone: value('phone'), card: value('card') },
    name: value('name'),
    birthday: value('birthday'),
    country: value('country')?.toUpperCase() ?? null,
    locale: value('locale'),
    enrolled_at: enrolled !== null && /^\d{4}-\d{2}-\d{2}$/.test(enrolled) ? `${enrolled}T12:00:00Z` : enrolled,
    attributes: sentOf(fields, Object.fromEntries(own.map(([field, cell]) => [field.name, read(field, cell)])), currency) as Record<string, never>,
    consents,
  };
}

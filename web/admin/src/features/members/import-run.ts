// Sending the rows of a file in parts, and what each was answered.
import { http, type Schemas } from '@api';
import { told } from '@shared/problem';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { PLAIN, reader, type Column, type Plain } from './import-rows';
import { useImportWords } from './import.words';

const AT_ONCE = 250;
const FIELDS: Record<string, Plain> = Object.fromEntries(PLAIN.map((each) => [each === 'email' || each === 'phone' || each === 'card' ? `/ids/${each}` : `/${each}`, each]));

export interface Row {
  cells: string[];
  refused?: string | undefined;
  outcome?: 'created' | 'known';
  /** The row names two people who were different ones until now. */
  isOfTwo?: boolean;
}

export interface Read {
  file: string;
  separator: string;
  heads: string[];
  columns: Column[];
  rows: Row[];
}

export interface Run {
  /** Rows that were answered. */
  done: number;
  isStopped: boolean;
  isPending: boolean;
  error: unknown;
  /** Begins, or goes on where a failure ended it. */
  send: (read: Read) => void;
  stop: () => void;
  forget: () => void;
}

export function useRun(program: string, currency: string, agreed: string[], onBusy: (busy: boolean) => void): Run {
  const { t } = useImportWords();
  const queries = useQueryClient();
  const [done, setDone] = useState(0);
  const [isStopped, setStopped] = useState(false);
  const run = useRef<string | null>(null);
  const stopping = useRef(false);
  const why = (refused: Schemas['puntal__members__wire__RefusedOut']): string => {
    const each = (refused.errors ?? []).map((fault) => {
      const field = FIELDS[String(fault['path'])];
      return field === undefined ? String(fault['reason'] ?? '') : `${t(`columns.${field}`)}: ${t(`wrong.${field}`)}`;
    });
    return each.length === 0 ? refused.title : each.join('; ');
  };
  const bring = useMutation<void, unknown, Read>({
    mutationFn: async (table) => {
      onBusy(true);
      stopping.current = false;
      const consents = agreed.map((purpose) => ({ purpose, channel: '', given: true, evidence: { source: 'import', note: t('note', { file: table.file }) } }));
      const memberOf = reader(table.columns, table.rows, currency, consents);
      // Listed with other long work from now on; going on after a failure goes on with the same one.
      if (run.current === null) {
        const begun = await http.POST('/v1/programs/{program}/imports/members', { params: { path: { program } }, body: { name: table.file.slice(0, 200), total: table.rows.length } });
        if (begun.error !== undefined) {
          throw begun.error;
        }
        run.current = begun.data.id;
      }
      const path = { program, import_id: run.current };
      // Rows that were answered before stay answered: going on after a failure sends only the rest.
      for (let from = done; from < table.rows.length; from += AT_ONCE) {
        if (stopping.current) {
          const stopped = await http.POST('/v1/programs/{program}/imports/{import_id}/cancel', { params: { path } });
          if (stopped.error !== undefined) {
            throw stopped.error;
          }
          setStopped(true);
          return;
        }
        const part = table.rows.slice(from, from + AT_ONCE);
        const answer = await http.POST('/v1/programs/{program}/imports/{import_id}/members', { params: { path }, body: { first: from, members: part.map((row) => memberOf(row.cells)) } });
        if (answer.error !== undefined) {
          // Somebody stopped it elsewhere, in the list of jobs.
          if (told(answer.error).code === 'imports.over') {
            setStopped(true);
            return;
          }
          throw answer.error;
        }
        answer.data.items.forEach((item, index) => {
          const row = part[index];
          if (row !== undefined) {
            row.isOfTwo = Boolean(item.enrolled?.conflict);
            row.outcome = item.enrolled?.created ? 'created' : 'known';
            row.refused = item.refused ? why(item.refused) : undefined;
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
  return {
    done,
    isStopped,
    isPending: bring.isPending,
    error: bring.error,
    send: bring.mutate,
    stop: () => {
      stopping.current = true;
    },
    forget: () => {
      setDone(0);
      setStopped(false);
      run.current = null;
      bring.reset();
    },
  };
}

// The builder itself: react-querybuilder keeps the tree, our parts draw it, the server says it in words.
import { Box, Paper, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { api } from '@api';
import { Failure, Waiting } from '@shared/ui';
import { keepPreviousData } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { QueryBuilder, type RuleGroupType } from 'react-querybuilder';
import { AroundContext, type Around } from './around';
import { Catalogue } from './fields';
import { JoinedQuestions } from './joined';
import { isGroup, type Asked, type ConditionsProps, type Group, type Written } from './model';
import { Question } from './question';
import { OtherDialect, readCondition, writeCondition, type Placed } from './written';
import { useConditionWords } from './words';

const SETTLED = 350;
const CONTROLS = { rule: Question, ruleGroup: JoinedQuestions };
const noFields: never[] = [];

/** Waits for what can be asked, and for the short form where the condition is written otherwise. */
export default function Builder(props: ConditionsProps) {
  const { program, of = 'segment', event = 'purchase', draft = false, value } = props;
  const { language } = useConditionWords();
  const query = { of, event, draft };
  const fields = api.useQuery('get', '/v1/programs/{program}/fields', {
    params: { path: { program }, query },
    headers: { 'Accept-Language': language },
  });
  const catalogue = useMemo(() => (fields.data ? new Catalogue(fields.data.items) : null), [fields.data]);
  const isOther = useMemo(() => catalogue !== null && isOtherDialect(value, catalogue), [value, catalogue]);
  const short = api.useQuery(
    'post',
    '/v1/programs/{program}/conditions/check',
    { params: { path: { program } }, body: { ...query, when: value ?? {} } },
    { enabled: isOther },
  );
  // What is being built is asked under the same name: that it could not be read takes nothing away from it.
  const failure = fields.data === undefined ? fields.error : isOther ? short.error : null;
  if (failure) {
    return <Failure failure={failure} retry={() => void (fields.error ? fields.refetch() : short.refetch())} />;
  }
  if (catalogue === null || (isOther && short.data === undefined)) {
    return <Waiting rows={3} height={36} />;
  }
  return <Tree {...props} catalogue={catalogue} value={isOther ? (short.data?.when ?? null) : value} key={language} />;
}

function isOtherDialect(value: Written | null, catalogue: Catalogue): boolean {
  try {
    readCondition(value, catalogue);
    return false;
  } catch (reason) {
    if (reason instanceof OtherDialect) {
      return true;
    }
    throw reason;
  }
}

function Tree({ program, value, onChange, of = 'segment', event = 'purchase', draft = false, onCheck, always, catalogue }: ConditionsProps & { catalogue: Catalogue }) {
  const { t } = useConditionWords();
  const [tree, setTree] = useState<Group>(() => readCondition(value, catalogue));
  const [touched, setTouched] = useState<Set<string>>(new Set());
  const told = useRef(JSON.stringify(value));
  const placed = useMemo(() => writeCondition(tree, catalogue), [tree, catalogue]);
  useEffect(() => {
    // Somebody else changed the value: an undo, another document.
    if (JSON.stringify(value) !== told.current) {
      told.current = JSON.stringify(value);
      setTree(readCondition(value, catalogue));
    }
  }, [value, catalogue]);
  const change = (next: Group): void => {
    const written = writeCondition(next, catalogue).written;
    setTouched((before) => new Set([...before, ...changedBesides(tree, next)]));
    setTree(next);
    told.current = JSON.stringify(written);
    onChange(written);
  };
  const leave = (id: string): void => setTouched((before) => (before.has(id) ? before : new Set([...before, id])));
  const { faults, said } = useSaid({ program, of, event, draft, placed, onCheck });
  const around: Around = { catalogue, of, faults, missing: placed.missing, touched, leave, always };
  return (
    <Stack gap="sm" role="group" aria-label={t('label')}>
      <AroundContext.Provider value={around}>
        <Box>
          <QueryBuilder
            query={tree as unknown as RuleGroupType}
            onQueryChange={(next) => change(next as unknown as Group)}
            fields={noFields}
            controlElements={CONTROLS as never}
            enableMountQueryChange={false}
            listsAsArrays
          />
        </Box>
      </AroundContext.Provider>
      {placed.written === null && placed.missing.size === 0 ? null : (
        <Paper p="sm" bg="var(--mantine-color-default-hover)" aria-live="polite">
          <Text size="xs" c="dimmed" fw={600}>
            {t('inWords')}
          </Text>
          <Text size="sm">{said}</Text>
        </Paper>
      )}
    </Stack>
  );
}

interface Asking {
  program: string;
  of: 'segment' | 'event' | 'line';
  event: string;
  draft: boolean;
  placed: Placed;
  onCheck: ConditionsProps['onCheck'];
}

/** Asks the server for the condition in words, once it is complete and the person has paused. */
function useSaid({ program, of, event, draft, placed, onCheck }: Asking): { faults: Map<string, string>; said: string } {
  const { t } = useConditionWords();
  const isComplete = placed.missing.size === 0;
  const [settled] = useDebouncedValue(placed.written, SETTLED);
  const isSettled = settled === placed.written;
  const check = api.useQuery(
    'post',
    '/v1/programs/{program}/conditions/check',
    { params: { path: { program } }, body: { of, event, draft, when: settled ?? {} } },
    { enabled: settled !== null && isComplete && isSettled, placeholderData: keepPreviousData, staleTime: Infinity },
  );
  const isKnown = isSettled && !check.isPlaceholderData && check.data !== undefined;
  const faults = new Map<string, string>();
  if (isKnown && isComplete) {
    for (const fault of check.data?.faults ?? []) {
      const own = t(`faults.${fault.code.replace('rules.', '')}` as 'faults.wrong_type');
      const told = own.startsWith('faults.') ? fault.reason : own;
      for (const [id, place] of placed.places) {
        if (fault.path === place || fault.path.startsWith(`${place}/`)) {
          faults.set(id, fault.suggestion ? `${told} (${fault.suggestion})` : told);
        }
      }
    }
  }
  const sentence = placed.written === null ? null : isKnown && isComplete ? (check.data?.sentence ?? null) : null;
  const ok = isComplete && (placed.written === null || sentence !== null);
  const listener = useRef(onCheck);
  listener.current = onCheck;
  useEffect(() => listener.current?.({ ok, sentence }), [ok, sentence]);
  if (!isComplete) {
    return { faults, said: t('unfinished') };
  }
  if (sentence !== null) {
    return { faults, said: `${sentence.charAt(0).toLocaleUpperCase()}${sentence.slice(1)}.` };
  }
  return { faults, said: isKnown ? t('faulty') : (check.data?.sentence ?? t('checking')) };
}

/** Ids of the questions that stayed as they were: one that was left without a value may be told so now. */
function changedBesides(before: Group, after: Group): string[] {
  const then = new Map(questionsOf(before).map((each) => [each.id, JSON.stringify(each)]));
  return questionsOf(after)
    .filter((each) => then.get(each.id) === JSON.stringify(each))
    .map((each) => each.id ?? '');
}

function questionsOf(group: Group): Asked[] {
  return group.rules.flatMap((each) => (isGroup(each) ? questionsOf(each) : [each]));
}

// The form of one part of the program: says what is wrong and how it reads while one types, and saves into the draft.
import { Accordion, Alert, Box, Button, Drawer, Group, List, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { Confirm } from '@shared/confirm';
import { useProgram } from '@shared/session';
import { Failure } from '@shared/ui';
import { useUiWords } from '@shared/ui.words';
import { IconAlertTriangle, IconQuote } from '@tabler/icons-react';
import { useBlocker } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';
import { FieldsOf } from './any';
import { Between } from './between';
import { at, counted, newId, placeOf, put, same, said, type Document, type Fields, type PartName, type Texts } from './document';
import { FormProvider } from './form';
import { advancedOf, PartFields } from './layouts';
import { SavedInBetween, useSaveDraft, useTold, type Draft } from './state';
import { labelOf, useDraftWords } from './words';

export interface Edited {
  part: PartName;
  /** Where it is kept: `/earning`, `/campaigns/spring/rewards`; empty for what the whole document says. */
  parent: string;
  /** Null: it is new. */
  id: string | null;
  /** What a new one begins with. */
  begin?: Fields;
}

interface EditorProps {
  program: string;
  draft: Draft;
  edited: Edited;
  title: string;
  onClose: () => void;
}

const MAPS = new Set(['Wallet', 'SharedLimit', 'CustomField', 'EventType', 'Pool', 'RewardKind', 'Segment']);
/** Fields of members are the ones people add. */
const PREFIX: Record<string, string> = { CustomField: 'member.' };
const SINGLE = new Set(['Joining', 'Orders', 'Policies', 'Till', 'Stacking', 'Program']);

/** A form at the side of the screen. */
export function Editor(props: EditorProps) {
  const { t } = useUiWords();
  return (
    <Drawer opened onClose={props.onClose} position="right" size="xl" title={<Text fw={650}>{props.title}</Text>} closeButtonProps={{ 'aria-label': t('close') }} trapFocus>
      <Form {...props} />
    </Drawer>
  );
}

function Form({ program, draft, edited, onClose }: EditorProps) {
  const { t, language } = useDraftWords();
  const ui = useUiWords();
  const card = useProgram(program);
  const [base, setBase] = useState(draft);
  const start = useMemo(() => startOf(base.document, edited), [base, edited]);
  const [value, setValue] = useState<Fields>(start);
  const left = useRef(false);
  const isMap = MAPS.has(edited.part);
  const taken = useMemo(() => namesIn(base.document, edited), [base, edited]);
  const id = SINGLE.has(edited.part) ? '' : (edited.id ?? PREFIX[edited.part] ?? '') + (edited.id !== null ? '' : newId(said((value['label'] ?? value['name'] ?? value['text']) as Texts | undefined, 'en', edited.part.toLowerCase()), taken.map((each) => each.split('.').at(-1) ?? each)));
  const place = SINGLE.has(edited.part) ? edited.parent : edited.parent + placeOf(id);
  const document = useMemo(
    () => put(base.document, place, isMap || SINGLE.has(edited.part) ? value : { id, ...value }),
    [base, place, value, id, isMap, edited.part],
  );
  const [settled] = useDebouncedValue(document, 300);
  const told = useTold(program, settled);
  const here = counted(settled, place);
  const faults = (told.data?.faults ?? []).filter((each) => each.path === here || each.path.startsWith(`${here}/`)).map((each) => ({ ...each, path: each.path.slice(here.length) }));
  // A text that is missing in one of the languages is told before publishing; while writing it would only disturb.
  const advice = (told.data?.advice ?? []).filter((each) => (each.path === here || each.path.startsWith(`${here}/`)) && each.code !== 'programs.text_missing');
  const sentence = told.data?.sentences.filter((each) => each.path === here || (edited.part === 'Ladder' && each.path.startsWith(`${here}/`))).map((each) => each.words).join(' ');
  const isNew = edited.id === null && !SINGLE.has(edited.part);
  const dirty = !same(value, start) || isNew;
  const blocks = !same(value, start);
  const blocker = useBlocker({ shouldBlockFn: () => blocks && !left.current, enableBeforeUnload: () => blocks && !left.current, withResolver: true });
  const save = useSaveDraft(program);
  const inBetween = save.error instanceof SavedInBetween ? save.error : null;

  const finish = () => {
    left.current = true;
    notifications.show({ title: t('saved'), message: t('savedText'), color: 'teal' });
    onClose();
  };
  const submit = (saved: Document, from: Draft) => save.mutate({ base: from, document: saved }, { onSuccess: finish });
  const more = advancedOf(edited.part);
  const advancedFault = faults.some((each) => more.includes(each.path.split('/')[1] ?? ''));
  return (
    <FormProvider
      value={{
        program,
        document: settled,
        currency: base.document.currency ?? card?.currency ?? 'EUR',
        faults,
        events: told.data?.events ?? {},
        ...(edited.part === 'Rule' ? { event: String(value['on'] ?? 'purchase') } : edited.part === 'Reward' ? { event: 'purchase' } : {}),
      }}
    >
      <Stack gap="md" pb={96}>
        <PartFields part={edited.part} value={value} onChange={setValue} />
        {more.length === 0 ? null : (
          <Accordion variant="default" chevronPosition="left" {...(advancedFault ? { value: 'more' } : {})}>
            <Accordion.Item value="more" style={{ border: 0 }}>
              <Accordion.Control px={0}>
                <Text size="sm" fw={600}>
                  {t('advanced')}
                </Text>
                <Text size="xs" c="dimmed" truncate>
                  {t('advancedHint', { what: more.slice(0, 4).map((name) => labelOf(t, name)).join(', ') })}
                </Text>
              </Accordion.Control>
              <Accordion.Panel px={0}>
                <FieldsOf owner={edited.part} names={more} value={value} onChange={setValue} path="" />
              </Accordion.Panel>
            </Accordion.Item>
          </Accordion>
        )}
      </Stack>
      <Box pos="sticky" bottom={0} bg="var(--mantine-color-body)" pt="sm" pb="md" style={{ borderTop: '1px solid var(--mantine-color-default-border)', zIndex: 2 }}>
        <Stack gap="sm">
          {sentence === undefined && edited.part !== 'Rule' ? null : (
            <Group gap="xs" wrap="nowrap" align="flex-start" role="status" aria-label={t('inWords')}>
              <IconQuote size={18} stroke={1.5} style={{ flex: 'none' }} aria-hidden />
              <Text size="sm" c={sentence ? undefined : 'dimmed'} lang={language}>
                {sentence || t('notYetReadable')}
              </Text>
            </Group>
          )}
          {advice.length === 0 ? null : (
            <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} title={t('perhapsNot')} p="xs">
              <Text size="sm">{advice.slice(0, 3).map((each) => `${each.reason}.`).join(' ')}</Text>
            </Alert>
          )}
          {faults.length === 0 ? null : (
            <Alert color="orange" variant="light" icon={<IconAlertTriangle size={18} />} title={t('remains')} p="xs">
              <List size="sm">
                {faults.slice(0, 4).map((each) => (
                  <List.Item key={`${each.path} ${each.reason}`}>
                    {each.path === '' ? '' : `${labelOf(t, each.path.split('/')[1] ?? '')}: `}
                    {each.reason}
                    {each.suggestion ? ` → ${each.suggestion}` : ''}
                  </List.Item>
                ))}
              </List>
            </Alert>
          )}
          {save.error && inBetween === null ? <Failure failure={save.error} writing /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {ui.t('cancel')}
            </Button>
            <Button onClick={() => submit(document, base)} loading={save.isPending} disabled={!dirty}>
              {t('saveDraft')}
            </Button>
          </Group>
        </Stack>
      </Box>
      <Confirm
        opened={blocker.status === 'blocked'}
        title={t('discardTitle')}
        verb={t('discard')}
        danger
        onConfirm={() => blocker.proceed?.()}
        onClose={() => blocker.reset?.()}
      >
        <Text size="sm">{t('discardText', { count: Math.max(1, changes(start, value)) })}</Text>
      </Confirm>
      {inBetween === null ? null : (
        <Between
          program={program}
          found={inBetween}
          busy={save.isPending}
          onKeep={() => submit(inBetween.both.document, inBetween.theirs)}
          onTake={() => {
            save.reset();
            setBase(inBetween.theirs);
            setValue(startOf(inBetween.theirs.document, edited));
          }}
          onClose={() => save.reset()}
        />
      )}
    </FormProvider>
  );
}

function startOf(document: Document, edited: Edited): Fields {
  if (edited.part === 'Program') {
    return document as unknown as Fields;
  }
  const place = SINGLE.has(edited.part) ? edited.parent : edited.id === null ? null : edited.parent + placeOf(edited.id);
  return ((place === null ? undefined : at(document, place)) ?? edited.begin ?? {}) as Fields;
}

function namesIn(document: Document, edited: Edited): string[] {
  const held = at(document, edited.parent);
  return Array.isArray(held) ? held.map((each) => String((each as Fields)['id'])) : Object.keys((held ?? {}) as Fields);
}

function changes(before: Fields, after: Fields): number {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !same(before[key], after[key])).length;
}

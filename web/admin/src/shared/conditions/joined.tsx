// Questions joined: all of them, at least one, none; of the whole order or of its lines.
import { ActionIcon, Button, Group as Row, Paper, Select, Stack, Text } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { RuleGroupBodyComponents, update, useRuleGroup, type RuleGroupProps } from 'react-querybuilder';
import { useAround } from './around';
import type { Group, Lines } from './model';
import { emptyGroup, newQuestion } from './written';
import { useConditionWords } from './words';

const DEEPEST = 4;
const JOINED = { and: ['and', false], or: ['or', false], none: ['or', true], notAll: ['and', true] } as const;
const WHICH: Lines[] = ['some_line', 'every_line', 'no_line'];
type How = keyof typeof JOINED;

export function JoinedQuestions(props: RuleGroupProps) {
  const { t } = useConditionWords();
  const { catalogue, of } = useAround();
  const rg = useRuleGroup(props);
  const group = rg.ruleGroup as unknown as Group;
  const { path, schema, actions } = props;
  const isRoot = path.length === 0;
  const how = (Object.keys(JOINED) as How[]).find((each) => JOINED[each][0] === group.combinator && JOINED[each][1] === Boolean(group.not)) ?? 'and';
  const set = (more: Partial<Group>): void => {
    let query = schema.getQuery();
    for (const [property, to] of Object.entries(more)) {
      query = update(query, property as 'combinator', to, path);
    }
    schema.dispatchQuery(query);
  };
  const add = (): void => actions.onRuleAdd(newQuestion(undefined, ''), path);
  const addGroup = (more: Partial<Group>): void => {
    const made = emptyGroup({ ...more, rules: [newQuestion(undefined, '')] });
    actions.onGroupAdd(made as never, path);
  };
  const showsHow = group.rules.length > 1 || how === 'none' || how === 'notAll';
  const hasLines = of === 'event' && catalogue.entries.some((each) => each.shelf === 'line') && !isInLines(schema.getQuery() as unknown as Group, path);
  return (
    <Frame inner={!isRoot}>
      <Stack gap="xs">
        {isRoot && !showsHow ? null : (
          <Row gap="xs" justify="space-between" wrap="nowrap" align="flex-start">
            <Row gap="xs" flex={1} miw={0}>
              {group.lines === undefined ? null : (
                <Select
                  aria-label={t('which')}
                  data={WHICH.map((each) => ({ value: each, label: t(`lines.${each}`) }))}
                  value={group.lines}
                  onChange={(chosen) => chosen !== null && set({ lines: chosen as Lines })}
                  allowDeselect={false}
                  w={260} maw="100%"
                />
              )}
              {showsHow || group.lines === undefined ? (
                <Select
                  aria-label={t('how')}
                  data={(Object.keys(JOINED) as How[]).map((each) => ({ value: each, label: t(`joined.${each}`) }))}
                  value={how}
                  onChange={(chosen) => chosen !== null && set({ combinator: JOINED[chosen as How][0], not: JOINED[chosen as How][1] })}
                  allowDeselect={false}
                  w={260} maw="100%"
                />
              ) : null}
            </Row>
            {isRoot ? null : (
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('removeGroup')} onClick={() => actions.onGroupRemove(path)}>
                <IconX size={16} />
              </ActionIcon>
            )}
          </Row>
        )}
        {group.rules.length === 0 && isRoot ? <Always /> : <RuleGroupBodyComponents {...rg} />}
        <Row gap="xs">
          <Button size="xs" variant="light" leftSection={<IconPlus size={14} />} onClick={add} {...(isRoot && { 'data-adds': true })}>
            {t('add')}
          </Button>
          {path.length < DEEPEST && (group.rules.length > 0 || !isRoot) ? (
            <Button size="xs" variant="subtle" onClick={() => addGroup({ combinator: 'or' })}>
              {t('addGroup')}
            </Button>
          ) : null}
          {hasLines && path.length < DEEPEST ? (
            <Button size="xs" variant="subtle" onClick={() => addGroup({ lines: 'some_line' })}>
              {t('addLines')}
            </Button>
          ) : null}
        </Row>
      </Stack>
    </Frame>
  );
}

function Always() {
  const { t } = useConditionWords();
  const { always } = useAround();
  return (
    <Text size="sm" c="dimmed">
      {always ?? t('always')}
    </Text>
  );
}

function Frame({ inner, children }: { inner: boolean; children: React.ReactNode }) {
  return inner ? (
    <Paper withBorder p="xs" my={4} bg="var(--mantine-color-default-hover)">
      {children}
    </Paper>
  ) : (
    <>{children}</>
  );
}

function isInLines(root: Group, path: number[]): boolean {
  let group: Group | undefined = root;
  for (const index of path) {
    const next: Group['rules'][number] | undefined = group?.rules[index];
    group = next !== undefined && 'rules' in next ? next : undefined;
    if (group?.lines !== undefined) {
      return true;
    }
  }
  return false;
}

// What changed between two documents, sentence beside sentence.
import { Stack, Text } from '@mantine/core';
import type { Sentence } from './state';
import { useDraftWords } from './words';

interface Props {
  before: Sentence[];
  after: Sentence[];
  /** What I made of it, where that is a third thing. */
  mine?: Sentence[];
}

export function SentencesBeside({ before, after, mine = [] }: Props) {
  const { t } = useDraftWords();
  const key = (each: Sentence) => `${each.section} ${each.id}`;
  const old = new Map(before.map((each) => [key(each), each]));
  const fresh = new Map(after.map((each) => [key(each), each]));
  const own = new Map(mine.map((each) => [key(each), each]));
  const changed = [...new Set([...fresh.keys(), ...old.keys()])].filter((each) => old.get(each)?.words !== fresh.get(each)?.words || old.get(each)?.name !== fresh.get(each)?.name);
  if (changed.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('nothingSeen')}
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      {changed.map((each) => {
        const [was, is, ours] = [old.get(each), fresh.get(each), own.get(each)];
        return (
          <div key={each}>
            <Text size="sm" fw={500}>
              {(is ?? was)?.name} {was === undefined ? `(${t('added')})` : is === undefined ? `(${t('gone')})` : ''}
            </Text>
            {was === undefined ? null : <Line label={t('before')} text={was.words} struck />}
            {is === undefined ? null : <Line label={t('now')} text={is.words} />}
            {ours === undefined || ours.words === was?.words || ours.words === is?.words ? null : <Line label={t('yours')} text={ours.words} />}
          </div>
        );
      })}
    </Stack>
  );
}

function Line({ label, text, struck = false }: { label: string; text: string; struck?: boolean }) {
  return (
    <Text size="sm" c={struck ? 'dimmed' : undefined}>
      <Text span size="xs" c="dimmed">
        {label}:{' '}
      </Text>
      {text}
    </Text>
  );
}

// Two people edited the draft at once: what the other one changed, and whose words count.
import { Alert, Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { useCross } from './close';
import { SentencesBeside } from './beside';
import { useNow } from '@shared/session';
import { ago } from './ago';
import { at } from './document';
import { placed } from './placed';
import { useTold, type SavedInBetween } from './state';
import { useDraftWords } from './words';

interface BetweenProps {
  program: string;
  found: SavedInBetween;
  busy: boolean;
  onKeep: () => void;
  onTake: () => void;
  onClose: () => void;
}

export function Between({ program, found, busy, onKeep, onTake, onClose }: BetweenProps) {
  const { t, language } = useDraftWords();
  const cross = useCross();
  const now = useNow(program);
  const before = useTold(program, found.base);
  const after = useTold(program, found.theirs.document);
  const mine = useTold(program, found.mine);
  const name = found.theirs.savedByName ?? t('somebody');
  const { clashes } = found.both;
  return (
    <Modal opened onClose={onClose} closeButtonProps={cross} size="lg" title={<Text fw={600}>{t('clash')}</Text>} centered>
      <Stack>
        <Text size="sm">{t('clashBy', { name, when: ago(found.theirs.savedAt, now, language) })}</Text>
        <div>
          <Text size="sm" fw={600} mb={4}>
            {t('theirChanges', { name })}
          </Text>
          <SentencesBeside before={before.data?.sentences ?? []} after={after.data?.sentences ?? []} mine={mine.data?.sentences ?? []} />
        </div>
        <Alert color={clashes.length === 0 ? 'teal' : 'orange'} variant="light">
          <Text size="sm">{clashes.length === 0 ? t('clashNone') : t('clashSome', { count: clashes.length })}</Text>
          {clashes.length === 0 ? null : (
            <List size="sm" mt={4}>
              {clashes.slice(0, 6).map((place) => (
                <List.Item key={place}>{placed(at(found.mine, place) === undefined ? found.theirs.document : found.mine, place, language, t)}</List.Item>
              ))}
            </List>
          )}
        </Alert>
        <Group justify="flex-end">
          <Button variant="default" onClick={onTake}>
            {t('takeTheirs')}
          </Button>
          <Button onClick={onKeep} loading={busy} data-autofocus>
            {clashes.length === 0 ? t('keepBoth') : t('keepMine')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

// The notice that a program's clock is not today's.
import { Group, Text } from '@mantine/core';
import { moment } from '@shared/format';
import { useProgram } from '@shared/session';
import { IconClockPause } from '@tabler/icons-react';
import { useFrameWords } from './frames.words';

/** Says which day it is for this program while its clock is set back. */
export function Clock({ slug }: { slug: string }) {
  const { t, language } = useFrameWords();
  const program = useProgram(slug);
  if (program === undefined || program.clock_offset_seconds === 0) {
    return null;
  }
  return (
    <Group gap={8} px="sm" py={6} mb="md" maw={1280} mx="auto" wrap="nowrap" className="clock" role="note">
      <IconClockPause size={16} style={{ flex: 'none' }} aria-hidden />
      <Text size="sm">{t('clock', { when: moment(program.now, program.timezone ?? 'UTC', language) })}</Text>
    </Group>
  );
}

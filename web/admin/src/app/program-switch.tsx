// Which program one is in, by name, and the way to the others; and the notice that its clock is not today's.
import { Alert, Button, Menu, Text } from '@mantine/core';
import { moment } from '@shared/format';
import { useMe, useProgram } from '@shared/session';
import { IconCheck, IconClockPause, IconSelector } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useFrameWords } from './frames.words';

export function ProgramSwitch({ slug }: { slug: string }) {
  const { t } = useFrameWords();
  const me = useMe();
  const programs = me.data?.programs ?? [];
  const here = programs.find((each) => each.slug === slug);
  return (
    <Menu width={260} position="bottom-start" shadow="md">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          px="xs"
          miw={0}
          c="var(--mantine-color-text)"
          rightSection={<IconSelector size={14} />}
          aria-label={`${t('program')}: ${here?.name ?? slug}`}
        >
          <Text fw={600} size="sm" truncate maw={{ base: 150, sm: 260 }}>
            {here?.name ?? slug}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.data?.organization.name}</Menu.Label>
        {programs.map((each) => (
          <Menu.Item
            key={each.id}
            renderRoot={(props) => <Link to="/p/$program/members" params={{ program: each.slug }} {...props} />}
            rightSection={each.slug === slug ? <IconCheck size={14} /> : null}
            aria-current={each.slug === slug}
          >
            {each.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Says which day it is for this program while its clock is set back. */
export function Clock({ slug }: { slug: string }) {
  const { t, language } = useFrameWords();
  const program = useProgram(slug);
  if (program === undefined || program.clock_offset_seconds === 0) {
    return null;
  }
  return (
    <Alert color="yellow" variant="light" py={6} mb="md" maw={1280} mx="auto" icon={<IconClockPause size={16} />}>
      <Text size="sm">{t('clock', { when: moment(program.now, program.timezone ?? 'UTC', language) })}</Text>
    </Alert>
  );
}

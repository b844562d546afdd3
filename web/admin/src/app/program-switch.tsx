// Which program one is in, by name, and the way to the others.
import { Button, Menu, Text } from '@mantine/core';
import { useMay, useMe } from '@shared/session';
import { IconCheck, IconPlus, IconSelector } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useFrameWords } from './frames.words';

export default function ProgramSwitch({ slug }: { slug: string }) {
  const { t } = useFrameWords();
  const me = useMe();
  const may = useMay();
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
            renderRoot={(props) => <Link to="/p/$program" params={{ program: each.slug }} {...props} />}
            rightSection={each.slug === slug ? <IconCheck size={14} /> : null}
            aria-current={each.slug === slug}
          >
            {each.name}
          </Menu.Item>
        ))}
        {may('program:create') ? (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<IconPlus size={16} />} renderRoot={(props) => <Link to="/start" {...props} />}>
              {t('newProgram')}
            </Menu.Item>
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}

// What one was told while one was elsewhere: finished jobs, approvals, goals, budgets.
import { ActionIcon, Button, Group, Indicator, Popover, ScrollArea, Stack, Text } from '@mantine/core';
import { api, type Schemas } from '@api';
import { moment } from '@shared/format';
import { useProgram } from '@shared/session';
import { IconBell } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { useFrameWords } from './frames.words';

const EVERY_MINUTE = 60_000;

/** Where each kind of thing is looked at; what has no screen is only told. */
const PLACES: Record<string, string> = {
  export: '/p/$program/settings/exports',
  import: '/p/$program/settings/jobs',
  approval: '/p/$program/settings/approvals',
  simulation: '/p/$program/program?view=publish&simulation=$id',
  budget: '/p/$program/insight?tab=budgets',
  voucher_batch: '/p/$program/rewards?view=vouchers&batch=$id',
  owed_codes: '/p/$program/rewards?view=vouchers',
  goal: '/p/$program',
  report: '/p/$program/insight?tab=reports',
};

export default function Bell({ program }: { program: string }) {
  const { t, language } = useFrameWords();
  const router = useRouter();
  const queries = useQueryClient();
  const zone = useProgram(program)?.timezone ?? 'UTC';
  const [opened, setOpened] = useState(false);
  const params = { path: { program }, query: { limit: 20 } };
  const found = api.useQuery('get', '/v1/programs/{program}/notifications', { params }, { refetchInterval: EVERY_MINUTE, retry: false });
  const read = api.useMutation('post', '/v1/programs/{program}/notifications/read', {
    onSuccess: () => void queries.invalidateQueries({ queryKey: ['get', '/v1/programs/{program}/notifications'] }),
  });
  const unread = found.data?.unread ?? 0;
  const items = found.data?.items ?? [];
  const show = () => {
    if (!opened) {
      // What ended within the last minute is there too.
      void found.refetch();
    }
    setOpened(!opened);
  };
  const open = (each: Schemas['NotificationOut']) => {
    setOpened(false);
    if (each.read_at === null) {
      read.mutate({ params: { path: { program } }, body: { ids: [each.id] } });
    }
    const place = PLACES[each.target.kind];
    if (place !== undefined) {
      const [path = '', search = ''] = place.replace('$program', program).replace('$id', each.target.id).split('?');
      router.history.push(router.buildLocation({ to: path, search: Object.fromEntries(new URLSearchParams(search)) }).href);
    }
  };
  return (
    <Popover width={340} position="bottom-end" shadow="md" withArrow trapFocus returnFocus opened={opened} onChange={setOpened}>
      <Indicator disabled={unread === 0} label={unread > 99 ? '99+' : unread} size={16} offset={5} color="red">
        <Popover.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" radius="xl" aria-label={t('told', { count: unread })} onClick={show}>
            <IconBell size={20} stroke={1.6} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown p={0} aria-label={t('notifications')}>
        <Group justify="space-between" px="md" py="xs">
          <Text fw={600} size="sm">
            {t('notifications')}
          </Text>
          <Button size="compact-xs" variant="subtle" disabled={unread === 0} loading={read.isPending} onClick={() => read.mutate({ params: { path: { program } }, body: {} })}>
            {t('allRead')}
          </Button>
        </Group>
        <ScrollArea.Autosize mah={360}>
          {items.length === 0 ? (
            <Text size="sm" c="dimmed" px="md" pb="md">
              {t('nothingTold')}
            </Text>
          ) : (
            <Stack gap={0} pb="xs">
              {items.map((each) => (
                <button key={each.id} type="button" className="told" onClick={() => open(each)}>
                  <Text size="sm" fw={each.read_at === null ? 600 : 400}>
                    {each.text}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {moment(each.at, zone, language)}
                  </Text>
                </button>
              ))}
            </Stack>
          )}
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}

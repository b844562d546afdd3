// Who waits for a place at a date that is full.
import { Button, Drawer, Table, Text } from '@mantine/core';
import { useCross } from '@shared/draft/close';
import { notifications } from '@mantine/notifications';
import { api } from '@api';
import { moment } from '@shared/format';
import { useNames } from '@shared/names';
import { useMay, useProgram } from '@shared/session';
import { Empty, Loaded } from '@shared/ui';
import { IconHourglass } from '@tabler/icons-react';
import { useRewardWords } from './words';

export function WaitingList({ program, reward, onClose }: { program: string; reward: string; onClose: () => void }) {
  const { t, language } = useRewardWords();
  const cross = useCross();
  const names = useNames();
  const may = useMay();
  const zone = useProgram(program)?.timezone ?? 'UTC';
  const list = api.useQuery('get', '/v1/programs/{program}/rewards/{reward}/waitlist', { params: { path: { program, reward } } });
  const leave = api.useMutation('delete', '/v1/programs/{program}/rewards/{reward}/waitlist/{session}/{member_id}', {
    onSuccess: () => {
      void list.refetch();
      notifications.show({ message: t('takenOff') });
    },
  });
  return (
    <Drawer opened onClose={onClose} closeButtonProps={cross} position="right" size="lg" title={<Text fw={650}>{`${t('waiting')} · ${names.reward(reward)}`}</Text>}>
      <Loaded query={list}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon={<IconHourglass size={40} stroke={1.2} />} title={t('waitingNone')} text={t('waitingNoneText')} />
          ) : (
            <Table.ScrollContainer minWidth={420}>
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('member')}</Table.Th>
                    <Table.Th>{t('session')}</Table.Th>
                    <Table.Th>{t('since')}</Table.Th>
                    <Table.Th>{t('told')}</Table.Th>
                    <Table.Th aria-label={t('takeOff')} />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((each) => (
                    <Table.Tr key={`${each.session} ${each.member_id}`}>
                      <Table.Td>{each.member_name ?? '–'}</Table.Td>
                      <Table.Td>{each.session}</Table.Td>
                      <Table.Td>{moment(each.since, zone, language)}</Table.Td>
                      <Table.Td>{each.told_at === null ? '–' : moment(each.told_at, zone, language)}</Table.Td>
                      <Table.Td>
                        {may('redemptions:write') ? (
                          <Button size="compact-xs" variant="subtle" color="red" onClick={() => leave.mutate({ params: { path: { program, reward, session: each.session, member_id: each.member_id } } })}>
                            {t('takeOff')}
                          </Button>
                        ) : null}
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Loaded>
    </Drawer>
  );
}

// Making one member of two: found, shown what comes of it, then done.
import { Stack, Table, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api } from '@api';
import { Confirm } from '@shared/confirm';
import { FindMember, type Found } from '@shared/find-member';
import { day } from '@shared/format';
import { useNames } from '@shared/names';
import { Loaded } from '@shared/ui';
import { useState } from 'react';
import { calledOf, useAmounts, usePath, useRefresh, useZone, type Member } from './data';
import { useOneWords } from './words';

export function Merge({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t, language } = useOneWords();
  const { program } = usePath();
  const names = useNames();
  const amounts = useAmounts();
  const zone = useZone();
  const refresh = useRefresh();
  const [other, setOther] = useState<Found | null>(null);
  const preview = api.useQuery(
    'post',
    '/v1/programs/{program}/members/merge/preview',
    { params: { path: { program } }, body: { survivor_id: member.id, merged_id: other?.id ?? member.id } },
    { enabled: other !== null, retry: false, gcTime: 0 },
  );
  const merge = api.useMutation('post', '/v1/programs/{program}/members/{member_id}/merge', {
    onSuccess: (made) => {
      notifications.show({ message: t('merged', { day: day(made.undo_until, zone, language) }) });
      refresh();
      onClose();
    },
  });
  return (
    <Confirm
      opened
      title={t('mergeTitle')}
      verb={t('mergeDo')}
      danger
      busy={merge.isPending}
      disabled={other === null || preview.data === undefined}
      failure={merge.error}
      onConfirm={() => other && merge.mutate({ params: { path: { program, member_id: member.id } }, body: { merged_id: other.id } })}
      onClose={onClose}
    >
      <Stack>
        <Text size="sm">{t('mergeText')}</Text>
        <FindMember program={program} label={t('mergeFind')} without={member.id} onChoose={setOther} />
        {other === null ? null : (
          <>
            <Text fw={600}>{t('mergeWith', { other: other.called ?? t('noName'), name: calledOf(member) ?? t('noName') })}</Text>
            <Loaded query={preview} rows={3}>
              {(data) => (
                <Table fz="sm">
                  <Table.Tbody>
                    {Object.entries(data.balances).map(([wallet, accounts]) => (
                      <Table.Tr key={wallet}>
                        <Table.Td>{t('mergeBalances')}</Table.Td>
                        <Table.Td ta="right" fw={600}>
                          {amounts.full(wallet, (accounts['available'] ?? 0) + (accounts['pending'] ?? 0))}
                        </Table.Td>
                      </Table.Tr>
                    ))}
                    {Object.entries(data.tiers).map(([ladder, tier]) => (
                      <Table.Tr key={ladder}>
                        <Table.Td>{t('mergeTiers')}</Table.Td>
                        <Table.Td ta="right" fw={600}>
                          {names.tier(tier)}
                        </Table.Td>
                      </Table.Tr>
                    ))}
                    {data.withdrawn.length === 0 ? null : (
                      <Table.Tr>
                        <Table.Td colSpan={2}>{t('mergeWithdrawn', { count: data.withdrawn.length })}</Table.Td>
                      </Table.Tr>
                    )}
                  </Table.Tbody>
                </Table>
              )}
            </Loaded>
          </>
        )}
      </Stack>
    </Confirm>
  );
}

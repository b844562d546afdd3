// What waits for a second person's word, and what was decided.
import { Badge, Button, Group, Select, Text, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { api, type Schemas } from '@api';
import { Confirm } from '@shared/confirm';
import { paged, Rows } from '@shared/rows';
import { useMay } from '@shared/session';
import { Empty, Page } from '@shared/ui';
import { IconChecks } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Asked, AskedInShort } from './asked';
import { FourEyes } from './four-eyes';
import { useSettingsWords } from './words';

type Approval = Schemas['ApprovalOut'];
type Decision = Schemas['DecideApproval']['decision'];

const HERE = '/signed-in/p/$program/settings/approvals';
const COLOURS = { waiting: 'yellow', approved: 'teal', declined: 'gray', expired: 'gray' } as const;

export function ApprovalsPage() {
  const { t, language } = useSettingsWords();
  const { program } = useParams({ from: HERE });
  const { state } = useSearch({ from: HERE });
  const navigate = useNavigate({ from: '/p/$program/settings/approvals' });
  const queries = useQueryClient();
  const may = useMay();
  const [asking, setAsking] = useState<{ approval: Approval; decision: Decision } | null>(null);
  const approvals = api.useInfiniteQuery('get', '/v1/programs/{program}/approvals', { params: { path: { program }, query: state === undefined ? {} : { state } } }, paged);
  const decide = api.useMutation('post', '/v1/programs/{program}/approvals/{approval_id}/decision', {
    onSuccess: (decided) => {
      setAsking(null);
      void queries.invalidateQueries();
      notifications.show({
        title: decided.state === 'approved' ? t('decidedApproved') : t('decidedDeclined'),
        message: decided.summary?.[language] ?? decided.action,
        color: decided.state === 'approved' ? 'teal' : 'gray',
      });
    },
  });
  const choices = [
    { value: '', label: t('allOfThem') },
    { value: 'waiting', label: t('waiting') },
    { value: 'approved', label: t('approved') },
    { value: 'declined', label: t('declined') },
    { value: 'expired', label: t('expired') },
  ];
  return (
    <Page title={t('approvals')} about={t('approvalsAbout')} guide="staff-and-sign-in">
      <FourEyes />
      <Select
        label={t('state')}
        data={choices}
        value={state ?? ''}
        allowDeselect={false}
        w={200}
        onChange={(value) => void navigate({ search: value === '' || value === null ? {} : { state: value as Approval['state'] }, replace: true })}
      />
      <Rows
        label={t('approvals')}
        query={approvals}
        id={(row) => row.id}
        columns={[
          {
            accessor: 'action',
            title: t('whatIsAsked'),
            render: (row) => <AskedInShort approval={row} />,
          },
          {
            accessor: 'state',
            title: t('state'),
            render: (row) => (
              <Badge variant="light" color={COLOURS[row.state]} miw="max-content">
                {t(row.state)}
              </Badge>
            ),
          },
          {
            accessor: 'actions',
            title: <VisuallyHidden>{t('actions')}</VisuallyHidden>,
            textAlign: 'right',
            render: (row) =>
              row.state === 'waiting' && may('approvals:decide') ? (
                <Group gap="xs" justify="flex-end" wrap="nowrap">
                  <Button size="xs" onClick={() => setAsking({ approval: row, decision: 'approve' })}>
                    {t('approve')}
                  </Button>
                  <Button size="xs" variant="default" onClick={() => setAsking({ approval: row, decision: 'decline' })}>
                    {t('decline')}
                  </Button>
                </Group>
              ) : null,
          },
        ]}
        empty={<Empty icon={<IconChecks size={40} stroke={1.2} />} title={t('noApprovals')} text={t('noApprovalsText')} />}
      />
      <Confirm
        opened={asking !== null}
        title={asking?.decision === 'decline' ? t('declineTitle') : t('approveTitle')}
        verb={asking?.decision === 'decline' ? t('decline') : t('approve')}
        danger={asking?.decision === 'decline'}
        busy={decide.isPending}
        failure={decide.error}
        onConfirm={() =>
          asking !== null && decide.mutate({ params: { path: { program, approval_id: asking.approval.id } }, body: { decision: asking.decision } })
        }
        onClose={() => {
          decide.reset();
          setAsking(null);
        }}
      >
        {asking === null ? null : (
          <>
            <Text fw={600}>{asking.approval.summary?.[language] ?? asking.approval.action}</Text>
            <Asked approval={asking.approval} />
          </>
        )}
        <Text size="sm" c="dimmed">
          {asking?.decision === 'decline' ? t('declineText') : t('approveText')}
        </Text>
      </Confirm>
    </Page>
  );
}

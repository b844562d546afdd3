// A file of benchmarks: taken whole, or refused with every value that is wrong.
import { Alert, Button, Checkbox, FileButton, Group, List, Modal, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { http } from '@api';
import { told } from '@shared/problem';
import { Failure } from '@shared/ui';
import { IconAlertTriangle, IconUpload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useComparingWords } from './comparing.words';

export default function BenchmarkFile({ program, onClose, onDone }: { program: string; onClose: () => void; onDone: () => void }) {
  const { t } = useComparingWords();
  const [whole, setWhole] = useState(false);
  const send = useMutation({
    mutationFn: async (file: File) => {
      const text = await file.text();
      const answer = await http.POST('/v1/programs/{program}/reports/benchmarks/import', {
        params: { path: { program }, query: { whole } },
        body: text,
        bodySerializer: (body) => body,
        headers: { 'Content-Type': 'text/csv' },
      });
      if (answer.error !== undefined) {
        throw answer.error;
      }
      return answer.data;
    },
    onSuccess: (done) => {
      notifications.show({ message: t('imported', { added: String(done.added), replaced: String(done.replaced), deleted: String(done.deleted) }) });
      onDone();
    },
  });
  const { title, faults } = told(send.error);
  return (
    <Modal opened onClose={onClose} centered title={<Text fw={600}>{t('importTitle')}</Text>} closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack>
        <Text size="sm">{t('importText')}</Text>
        <Checkbox label={t('whole')} checked={whole} onChange={(event) => setWhole(event.currentTarget.checked)} />
        {faults.length > 0 ? (
          <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={title} role="alert">
            <List size="sm">
              {faults.slice(0, 20).map((each) => {
                const [, row = '', column = ''] = each.path.split('/');
                return <List.Item key={`${each.path} ${each.reason}`}>{column === '' ? t('rowOnly', { row, reason: each.reason }) : t('rowFault', { row, column, reason: each.reason })}</List.Item>;
              })}
            </List>
          </Alert>
        ) : send.error ? (
          <Failure failure={send.error} writing />
        ) : null}
        <Group justify="flex-end">
          <FileButton accept=".csv,text/csv" onChange={(file) => file !== null && send.mutate(file)}>
            {(props) => (
              <Button {...props} leftSection={<IconUpload size={16} />} loading={send.isPending}>
                {t('chooseFile')}
              </Button>
            )}
          </FileButton>
        </Group>
      </Stack>
    </Modal>
  );
}

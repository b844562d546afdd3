// From the first steps to connecting the shop.
import { Button, Paper, Text, Title } from '@mantine/core';
import { useMay } from '@shared/session';
import { IconPlugConnected } from '@tabler/icons-react';
import { Link, useParams } from '@tanstack/react-router';
import { useLaunchWords } from './words';

export function ConnectCard() {
  const { t } = useLaunchWords();
  const may = useMay();
  const { program = '' } = useParams({ strict: false });
  return may('events:read') ? (
    <Paper withBorder p="lg" component="section" aria-label={t('connect')}>
      <Title order={2}>{t('connect')}</Title>
      <Text size="sm" c="dimmed" mb="md">
        {t('connectText')}
      </Text>
      <Button variant="default" leftSection={<IconPlugConnected size={16} />} renderRoot={(props) => <Link to="/p/$program/connect" params={{ program }} {...props} />}>
        {t('connectGo')}
      </Button>
    </Paper>
  ) : null;
}

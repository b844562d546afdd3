import { Grid, Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** What it is about on the left, what one does on the right. */
export function Section({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <Grid gap={{ base: 'sm', sm: 'xl' }} component="section" aria-label={title}>
      <Grid.Col span={{ base: 12, sm: 4 }}>
        <Title order={2} size="h3">
          {title}
        </Title>
        <Text size="sm" c="dimmed">
          {text}
        </Text>
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 8 }}>
        <Paper withBorder p="lg">
          {children}
        </Paper>
      </Grid.Col>
    </Grid>
  );
}

import { Anchor, Grid, Group, List, Paper, Progress, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useLaunch, type Step } from '@shared/launch';
import { useProgram } from '@shared/session';
import { Page, Waiting } from '@shared/ui';
import type { Language } from '@shared/words';
import { IconCheck, IconCircleDashed } from '@tabler/icons-react';
import { useParams, useRouter } from '@tanstack/react-router';
import { ConnectCard } from './connect-card';
import { LaunchDay } from './launch-day';
import { SampleOrder } from './sample-order';
import { useLaunchWords } from './words';

/** Where each step is done, below the admin app; what has no screen here has no link. */
const PLACES: Partial<Record<Step, string>> = {
  key: '/p/$program/connect',
  published: '/p/$program/program',
  named: '/p/$program/program',
  rewards: '/p/$program/rewards',
  member: '/p/$program/members',
  staff: '/p/$program/settings/people',
  factor: '/account',
};

/** First points, and what is left until the program can be announced. */
export function LaunchPage() {
  const { t } = useLaunchWords();
  return (
    <Page title={t('title')} about={t('about')} guide="concepts">
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Stack gap="lg">
            <SampleOrder />
            <ConnectCard />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Checklist />
        </Grid.Col>
      </Grid>
    </Page>
  );
}

/** A local day of the program, as it is written: it has no hour and no zone. */
function written(day: string, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

function Checklist() {
  const { t, language } = useLaunchWords();
  const { steps, done, launchOn } = useLaunch();
  const today = useProgram()?.now.slice(0, 10) ?? '';
  return (
    <Paper withBorder p="lg" component="section" aria-label={t('checklist')}>
      <Title order={2} mb={4}>
        {t('checklist')}
      </Title>
      {steps === undefined ? (
        <Waiting />
      ) : (
        <>
          <Text size="sm" c="dimmed">
            {t('progress', { done, all: steps.length })}
          </Text>
          <Progress value={(done / steps.length) * 100} my="sm" aria-label={t('progress', { done, all: steps.length })} />
          <LaunchDay day={launchOn} />
          <List spacing="sm" listStyleType="none" mt="md" center={false} mx={0} mb={0} p={0}>
            {steps.map((each) => (
              <List.Item
                key={each.id}
                icon={
                  <ThemeIcon size={22} radius="xl" variant="light" color={each.done ? 'green' : 'gray'} aria-hidden>
                    {each.done ? <IconCheck size={14} /> : <IconCircleDashed size={14} />}
                  </ThemeIcon>
                }
              >
                <Text size="sm" fw={500}>
                  {t(`steps.${each.id}`)}
                  <Text span size="xs" c="dimmed" ml={6}>
                    {each.done
                      ? each.done_on === null
                        ? t('done')
                        : t('doneOn', { day: written(each.done_on, language) })
                      : each.due_on === null
                        ? t('open')
                        : t(each.due_on < today ? 'overdue' : 'dueOn', { day: written(each.due_on, language) })}
                  </Text>
                </Text>
                {each.done ? null : (
                  <Text size="sm" c="dimmed">
                    {t(`hints.${each.id}`)} <Way step={each.id} />
                  </Text>
                )}
              </List.Item>
            ))}
          </List>
        </>
      )}
    </Paper>
  );
}

function Way({ step }: { step: Step }) {
  const { t } = useLaunchWords();
  const router = useRouter();
  const { program = '' } = useParams({ strict: false });
  const place = PLACES[step];
  if (place === undefined || !Object.hasOwn(router.routesByPath, place)) {
    return null;
  }
  const href = router.buildLocation({ to: place.replace('$program', program) }).href;
  return (
    <Group component="span" display="inline-flex">
      <Anchor
        size="sm"
        href={href}
        onClick={(event) => {
          event.preventDefault();
          router.history.push(href);
        }}
      >
        {t('go')}
      </Anchor>
    </Group>
  );
}

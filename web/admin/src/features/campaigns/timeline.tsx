// A quarter of the year with a row for each thing that has dates, grouped by kind.
import { Box, Button, Group, Paper, ScrollArea, Stack, Text, Tooltip, UnstyledButton } from '@mantine/core';
import { api } from '@api';
import { today as todayOf } from '@shared/days';
import { useTold, type Draft } from '@shared/draft/state';
import { day } from '@shared/format';
import { useMay, useProgram } from '@shared/session';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { datedOf, endOfMonth, phaseOf, type Dated, type Kind } from './span';
import { useCampaignWords } from './words';

const MONTHS = 3;
const COLORS: Record<Kind, string> = { campaigns: 'puntal', rules: 'violet', rewards: 'teal', batches: 'orange' };
const NAME_WIDTH = 150;

export function Timeline({ program, draft, onOpen }: { program: string; draft: Draft; onOpen: (campaign: string) => void }) {
  const { t, language } = useCampaignWords();
  const { month } = useSearch({ from: '/signed-in/p/$program/campaigns' });
  const navigate = useNavigate({ from: '/p/$program/campaigns' });
  const may = useMay();
  const card = useProgram(program);
  const zone = card?.timezone ?? 'UTC';
  const today = todayOf(card?.now ?? new Date().toISOString(), zone);
  const told = useTold(program, draft.document);
  const batches = api.useQuery('get', '/v1/programs/{program}/voucher-batches', { params: { path: { program }, query: { limit: 100 } } }, { enabled: may('members:read') });
  const first = `${month ?? today.slice(0, 7)}-01`;
  const months = Array.from({ length: MONTHS }, (_, index) => shift(first, index));
  const last = endOfMonth(months.at(-1) ?? first);
  const count = daysBetween(first, last) + 1;
  const everything = datedOf(draft.document, batches.data?.items ?? [], zone, language).filter((each) => (each.from ?? '') <= last && (each.through ?? '9999') >= first);
  const kinds = (['campaigns', 'rules', 'rewards', 'batches'] as const).filter((kind) => everything.some((each) => each.kind === kind));
  const turn = (by: number | null) => void navigate({ search: ({ month: _, ...now }) => (by === null ? now : { ...now, month: shift(first, by).slice(0, 7) }) });
  const share = (date: string) => `${(100 * daysBetween(first, date)) / count}%`;
  const words = (each: Dated) => told.data?.sentences.find((one) => one.id === each.id && one.section === (each.kind === 'rules' ? 'earning' : each.kind))?.words;
  const open = (each: Dated) => {
    if (each.kind === 'campaigns') {
      onOpen(each.id);
    } else if (each.kind === 'batches') {
      void navigate({ to: '/p/$program/rewards', params: { program }, search: { view: 'vouchers', batch: each.id } });
    } else {
      void navigate({ search: (now) => ({ ...now, edit: `/${each.kind === 'rules' ? 'earning' : 'rewards'}/${each.id}` }) });
    }
  };
  return (
    <Paper withBorder p="md" component="section" aria-label={t('timeline')}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Text fw={600} tt="capitalize">
            {monthName(first, language)} – {monthName(months.at(-1) ?? first, language)}
          </Text>
          <Group gap={4}>
            <Button size="xs" variant="default" leftSection={<IconChevronLeft size={14} />} onClick={() => turn(-MONTHS)}>
              {t('earlier')}
            </Button>
            <Button size="xs" variant="default" onClick={() => turn(null)}>
              {t('today')}
            </Button>
            <Button size="xs" variant="default" rightSection={<IconChevronRight size={14} />} onClick={() => turn(MONTHS)}>
              {t('later')}
            </Button>
          </Group>
        </Group>
        <ScrollArea type="auto" viewportProps={{ tabIndex: 0, 'aria-label': t('timeline'), role: 'group' }}>
          <Box miw={640} pos="relative">
            <Group gap={0} wrap="nowrap" ml={NAME_WIDTH} mb={6}>
              {months.map((each) => (
                <Text key={each} size="xs" c="dimmed" tt="capitalize" style={{ flex: daysBetween(each, endOfMonth(each)) + 1, borderLeft: '1px solid var(--mantine-color-default-border)' }} pl={6}>
                  {monthName(each, language)}
                </Text>
              ))}
            </Group>
            {today >= first && today <= last ? <Box pos="absolute" top={0} bottom={0} w={2} bg="var(--mantine-color-red-5)" style={{ left: `calc(${NAME_WIDTH}px + (100% - ${NAME_WIDTH}px) * ${daysBetween(first, today) / count})`, opacity: 0.6 }} aria-hidden /> : null}
            {everything.length === 0 && !batches.isLoading ? (
              <Text size="sm" c="dimmed" ta="center" py="lg">
                {t('nothing')}
              </Text>
            ) : null}
            {kinds.map((kind) => (
              <Stack key={kind} gap={4} mb="sm" role="list" aria-label={t(kind)}>
                <Text size="xs" fw={600} c="dimmed" role="presentation">
                  {t(kind)}
                </Text>
                {everything
                  .filter((each) => each.kind === kind)
                  .map((each) => {
                    const from = each.from === null || each.from < first ? first : each.from;
                    const through = each.through === null || each.through > last ? last : each.through;
                    return (
                      <Group key={each.id} gap={0} wrap="nowrap" role="listitem">
                        <Text size="sm" w={NAME_WIDTH} truncate pr="xs" style={{ flex: 'none' }}>
                          {each.name}
                        </Text>
                        <Box flex={1} pos="relative" h={26}>
                          <Tooltip label={words(each) ?? each.name} multiline maw={340} withArrow disabled={words(each) === undefined}>
                            <UnstyledButton
                              pos="absolute"
                              h={24}
                              px={6}
                              aria-label={`${each.name}: ${spanWords(each, t, language)}`}
                              onClick={() => open(each)}

                              style={{
                                left: share(from),
                                width: `calc(${(100 * (daysBetween(from, through) + 1)) / count}% - 2px)`,
                                minWidth: 10,
                                borderRadius: 6,
                                background: `var(--mantine-color-${COLORS[kind]}-light)`,
                                borderLeft: `3px solid var(--mantine-color-${COLORS[kind]}-filled)`,
                                opacity: phaseOf(each, today) === 'over' ? 0.6 : 1,
                              }}
                            >
                              <Text size="xs" truncate c="var(--mantine-color-text)">
                                {spanWords(each, t, language)}
                              </Text>
                            </UnstyledButton>
                          </Tooltip>
                        </Box>
                      </Group>
                    );
                  })}
              </Stack>
            ))}
          </Box>
        </ScrollArea>
      </Stack>
    </Paper>
  );
}

/** "12 Mar 2026 to 15 Mar 2026". */
export function spanWords({ from, through }: Pick<Dated, 'from' | 'through'>, t: ReturnType<typeof useCampaignWords>['t'], language: 'en' | 'es'): string {
  const shown = (date: string) => day(`${date}T12:00:00Z`, 'UTC', language);
  if (from !== null && through !== null) {
    return t('fromTo', { from: shown(from), to: shown(through) });
  }
  return from !== null ? t('fromOn', { from: shown(from) }) : through !== null ? t('toOn', { to: shown(through) }) : t('always');
}

function shift(first: string, months: number): string {
  const [year = 0, month = 1] = first.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

function monthName(date: string, language: string): string {
  return new Intl.DateTimeFormat(language, { month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));
}


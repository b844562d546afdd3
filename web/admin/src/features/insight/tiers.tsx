import { Badge, Stack, Text } from '@mantine/core';
import { api } from '@api';
import { RowsButton } from '@shared/figures';
import { whole } from '@shared/format';
import { Grid } from '@shared/grid';
import { useNames } from '@shared/names';
import { useProgram } from '@shared/session';
import { Empty, Loaded } from '@shared/ui';
import { IconStairsUp } from '@tabler/icons-react';
import type { ViewProps } from './page';
import { Report } from './report';
import { useInsightWords } from './words';

export default function Tiers({ program, from, through }: ViewProps) {
  const { t, language } = useInsightWords();
  const names = useNames();
  const currency = useProgram()?.currency ?? 'EUR';
  const report = api.useQuery('get', '/v1/programs/{program}/reports/tiers', { params: { path: { program }, query: { from, through } } });
  const days = `from=${from}&through=${through}`;
  const signed = new Intl.NumberFormat(language, { signDisplay: 'exceptZero' });
  return (
    <Report program={program} path={`reports/tiers?${days}`} about={t('about_tiers')} file={t('tabs.tiers')}>
      <Loaded query={report} rows={6}>
        {({ tiers, moves }) =>
          tiers.length === 0 ? (
            <Empty icon={<IconStairsUp size={40} stroke={1.2} />} title={t('none')} text={t('noneText')} />
          ) : (
            <Stack>
              <Grid
                label={t('tabs.tiers')}
                rows={tiers}
                id={(row) => `${row.ladder} ${row.tier}`}
                columns={[
                  { title: t('tier'), cell: (row) => names.tier(row.tier) },
                  { title: t('before'), number: true, cell: (row) => whole(row.before, language) },
                  { title: t('after'), number: true, cell: (row) => <b>{whole(row.after, language)}</b> },
                  { title: t('change'), number: true, cell: (row) => signed.format(row.after - row.before) },
                  {
                    title: '',
                    cell: (row) => (
                      <RowsButton small rows={`reports/tiers/members?${days}&ladder=${row.ladder}&tier=${row.tier}`} title={names.tier(row.tier)} currency={currency} />
                    ),
                  },
                ]}
              />
              {moves.length === 0 ? null : (
                <>
                  <Text component="h2" fw={600}>
                    {t('moves')}
                  </Text>
                  <Grid
                    label={t('moves')}
                    rows={moves}
                    id={(row) => `${row.ladder} ${row.from_tier} ${row.to_tier}`}
                    columns={[
                      { title: t('from'), cell: (row) => names.tier(row.from_tier) },
                      { title: t('to'), cell: (row) => names.tier(row.to_tier) },
                      {
                        title: t('change'),
                        cell: (row) => (
                          <Badge variant="light" color={row.up ? 'green' : 'orange'} tt="none">
                            {row.up ? `↑ ${t('up')}` : `↓ ${t('down')}`}
                          </Badge>
                        ),
                      },
                      { title: t('moved'), number: true, cell: (row) => whole(row.members, language) },
                      {
                        title: '',
                        cell: (row) => (
                          <RowsButton
                            small
                            rows={`reports/tiers/changes?${days}&ladder=${row.ladder}&from_tier=${row.from_tier}&to_tier=${row.to_tier}`}
                            title={`${names.tier(row.from_tier)} → ${names.tier(row.to_tier)}`}
                            currency={currency}
                          />
                        ),
                      },
                    ]}
                  />
                </>
              )}
            </Stack>
          )
        }
      </Loaded>
    </Report>
  );
}

import { Badge, Stack } from '@mantine/core';
import { api, type Schemas } from '@api';
import { WithRows } from '@shared/figures';
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
  const sql = `reports/tables/sql?table=tiers&${days}`;
  const moved = `reports/tables/sql?table=moves&${days}`;
  const stood = (row: Schemas['TierStandOut'], at: 'start' | 'end') => ({
    rows: `reports/tiers/members?${days}&ladder=${row.ladder}&tier=${row.tier}&at=${at}`,
    title: `${names.tier(row.tier)}, ${t(at === 'start' ? 'before' : 'after').toLowerCase()}`,
    sql,
    currency,
  });
  const signed = new Intl.NumberFormat(language, { signDisplay: 'exceptZero' });
  return (
    <Report program={program} path={`reports/tiers?${days}`} sql={sql} about={t('about_tiers')} file={t('tabs.tiers')}>
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
                  {
                    title: t('before'),
                    number: true,
                    cell: (row) => (
                      <WithRows value={row.before} {...stood(row, 'start')}>
                        {whole(row.before, language)}
                      </WithRows>
                    ),
                  },
                  {
                    title: t('after'),
                    number: true,
                    cell: (row) => (
                      <WithRows value={row.after} {...stood(row, 'end')}>
                        <b>{whole(row.after, language)}</b>
                      </WithRows>
                    ),
                  },
                  { title: t('change'), number: true, cell: (row) => signed.format(row.after - row.before) },
                ]}
              />
              {moves.length === 0 ? null : (
                <Report program={program} path={`reports/tiers?${days}&of=moves`} sql={moved} title={t('moves')} about={t('about_moves')} file={t('moves')}>
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
                      {
                        title: t('moved'),
                        number: true,
                        cell: (row) => (
                          <WithRows
                            value={row.members}
                            rows={`reports/tiers/changes?${days}&ladder=${row.ladder}&from_tier=${row.from_tier}&to_tier=${row.to_tier}`}
                            title={`${names.tier(row.from_tier)} → ${names.tier(row.to_tier)}`}
                            sql={moved}
                            currency={currency}
                          >
                            {whole(row.members, language)}
                          </WithRows>
                        ),
                      },
                    ]}
                  />
                </Report>
              )}
            </Stack>
          )
        }
      </Loaded>
    </Report>
  );
}

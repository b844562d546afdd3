import { Progress } from '@mantine/core';
import { api } from '@api';
import { WithRows } from '@shared/figures';
import { money, whole } from '@shared/format';
import { Grid } from '@shared/grid';
import { useNames } from '@shared/names';
import { useProgram } from '@shared/session';
import { Empty, Loaded } from '@shared/ui';
import { IconGift } from '@tabler/icons-react';
import type { ViewProps } from './page';
import { Report } from './report';
import { useInsightWords } from './words';

export default function Rewards({ program, from, through }: ViewProps) {
  const { t, language } = useInsightWords();
  const names = useNames();
  const currency = useProgram()?.currency ?? 'EUR';
  const report = api.useQuery('get', '/v1/programs/{program}/reports/rewards', { params: { path: { program }, query: { from, through } } });
  const days = `from=${from}&through=${through}`;
  const sql = `reports/tables/sql?table=rewards&${days}`;
  const behind = (of: 'redemptions' | 'uses', reward: string) => ({ rows: `reports/rewards/${of}?${days}&reward=${encodeURIComponent(reward)}`, sql, currency });
  return (
    <Report program={program} path={`reports/rewards?${days}`} sql={sql} about={t('about_rewards')} file={t('tabs.rewards')}>
      <Loaded query={report} rows={8}>
        {({ items }) => {
          const most = Math.max(...items.map((each) => each.redemptions), 1);
          return items.length === 0 ? (
            <Empty icon={<IconGift size={40} stroke={1.2} />} title={t('none')} text={t('noneText')} />
          ) : (
            <Grid
              label={t('tabs.rewards')}
              rows={items}
              id={(row) => `${row.reward} ${row.wallet ?? ''}`}
              columns={[
                { title: t('reward'), cell: (row) => names.reward(row.reward) },
                {
                  title: t('taken'),
                  number: true,
                  cell: (row) => (
                    <WithRows value={row.redemptions} title={`${names.reward(row.reward)}, ${t('taken').toLowerCase()}`} {...behind('redemptions', row.reward)}>
                      {whole(row.redemptions, language)}
                    </WithRows>
                  ),
                },
                { title: '', cell: (row) => <Progress value={(row.redemptions / most) * 100} w={120} aria-label={`${names.reward(row.reward)}: ${row.redemptions}`} /> },
                { title: t('by'), number: true, cell: (row) => whole(row.members, language) },
                {
                  title: t('used'),
                  number: true,
                  cell: (row) => (
                    <WithRows value={row.vouchers_used} title={`${names.reward(row.reward)}, ${t('used').toLowerCase()}`} {...behind('uses', row.reward)}>
                      {whole(row.vouchers_used, language)}
                    </WithRows>
                  ),
                },
                {
                  title: t('paid'),
                  number: true,
                  cell: (row) => (row.wallet === null ? '–' : names.isMoney(row.wallet) ? money(row.units, currency, language) : `${whole(row.units, language)} ${names.wallet(row.wallet)}`),
                },
                { title: t('discount'), number: true, cell: (row) => money(row.discount_minor, currency, language) },
              ]}
            />
          );
        }}
      </Loaded>
    </Report>
  );
}

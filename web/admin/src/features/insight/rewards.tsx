import { Progress } from '@mantine/core';
import { api } from '@api';
import { RowsButton } from '@shared/figures';
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
  return (
    <Report program={program} path={`reports/rewards?from=${from}&through=${through}`} about={t('about_rewards')} file={t('tabs.rewards')}>
      <Loaded query={report} rows={8}>
        {({ items }) => {
          const most = Math.max(...items.map((each) => each.redemptions), 1);
          return items.length === 0 ? (
            <Empty icon={<IconGift size={40} stroke={1.2} />} title={t('none')} text={t('noneText')} />
          ) : (
            <Grid
              label={t('tabs.rewards')}
              rows={items}
              id={(row) => row.reward}
              columns={[
                { title: t('reward'), cell: (row) => names.reward(row.reward) },
                { title: t('taken'), number: true, cell: (row) => whole(row.redemptions, language) },
                { title: '', cell: (row) => <Progress value={(row.redemptions / most) * 100} w={120} aria-label={`${names.reward(row.reward)}: ${row.redemptions}`} /> },
                { title: t('by'), number: true, cell: (row) => whole(row.members, language) },
                { title: t('used'), number: true, cell: (row) => whole(row.vouchers_used, language) },
                {
                  title: t('paid'),
                  number: true,
                  cell: (row) => (row.wallet === null ? '–' : names.isMoney(row.wallet) ? money(row.units, currency, language) : `${whole(row.units, language)} ${names.wallet(row.wallet)}`),
                },
                { title: t('discount'), number: true, cell: (row) => money(row.discount_minor, currency, language) },
                {
                  title: '',
                  cell: (row) => (
                    <RowsButton small rows={`reports/rewards/redemptions?from=${from}&through=${through}&reward=${row.reward}`} title={names.reward(row.reward)} currency={currency} />
                  ),
                },
              ]}
            />
          );
        }}
      </Loaded>
    </Report>
  );
}

// Figures of reports: what each is called, its value beside the one before, its formula, and the rows behind it.
import { ActionIcon, Button, Group, Paper, Stack, Text, VisuallyHidden } from '@mantine/core';
import { api, type Schemas } from '@api';
import { money, share, whole } from './format';
import { numbers } from './intl';
import { useFigureWords, type FigureWord } from './figures.words';
import { IconSql, IconTable } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useNames, type Names } from './names';
import { About } from './ui';
import type { Language } from './words';
import { lazy, Suspense, useState, type CSSProperties, type ReactNode } from 'react';

export type Figure = Schemas['FigureOut'];
type Valued = Pick<Figure, 'unit' | 'wallet'>;

const FigureRows = lazy(() => import('./figure-rows'));
const FigureSql = lazy(() => import('./figure-sql'));

/** A value as its readers write it. */
export function valued(value: number | null | undefined, figure: Valued, currency: string, names: Names, language: Language): string {
  if (value === null || value === undefined) {
    return '–';
  }
  switch (figure.unit) {
    case 'money':
      return money(value, currency, language);
    case 'points':
      return figure.wallet !== null && names.isMoney(figure.wallet) ? money(value, currency, language) : whole(value, language);
    case 'rate':
      return share(value, language);
    case 'ratio':
      return numbers(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);
    case 'count':
      return whole(value, language);
  }
}

/** What a figure is called. */
export function useFigureName(): (id: string, wallet?: string | null) => string {
  const { t } = useFigureWords();
  const names = useNames();
  return (id, wallet) => t(`names.${id}` as FigureWord, wallet === null || wallet === undefined ? {} : { wallet: names.wallet(wallet) });
}

// Of these, less is better.
const LESS_IS_MORE = new Set(['expired', 'breakage_rate', 'ending_soon', 'ending_soon_rate']);
// More of these is neither good nor bad by itself.
const NEUTRAL = new Set(['opening', 'closing', 'other', 'liability', 'incentive_cost', 'guest_orders', 'guest_sales', 'guest_average_order', 'earned']);

/** How much more or less than before, in words that do not depend on colour. */
export function Change({ figure, currency }: { figure: Figure; currency: string }) {
  const { t, language } = useFigureWords();
  const names = useNames();
  const { value, previous, change } = figure;
  if (value === null || previous === null || change === null) {
    return null;
  }
  const was = valued(previous, figure, currency, names, language);
  const before = t('before', { value: was });
  if (was === valued(value, figure, currency, names, language)) {
    return (
      <Text size="xs" c="dimmed" title={before}>
        {t('same')}
      </Text>
    );
  }
  const size = Math.abs(change);
  // What a percentage would call nothing is told as it is: one member more of two thousand.
  const slight = figure.unit === 'rate' ? size < 0.0005 : size < Math.abs(previous) * 0.0005;
  const digits = slight ? { maximumSignificantDigits: 1 } : { maximumFractionDigits: 1 };
  const said =
    figure.unit === 'rate'
      ? t('points', { change: numbers(language, digits).format(size * 100) })
      : previous === 0
        ? null
        : slight
          ? valued(size, figure, currency, names, language)
          : numbers(language, { style: 'percent', maximumFractionDigits: 1 }).format(size / Math.abs(previous));
  if (said === null) {
    return null;
  }
  const tone = slight || NEUTRAL.has(figure.id) ? 'neutral' : (change > 0) === !LESS_IS_MORE.has(figure.id) ? 'good' : 'bad';
  return (
    <Text component="span" size="xs" title={before} fw={600} className="delta" data-tone={tone}>
      <span aria-hidden>{change > 0 ? '↑' : '↓'}</span>
      <VisuallyHidden>{t(change > 0 ? 'up' : 'down')}</VisuallyHidden> {said}
    </Text>
  );
}

interface RowsProps {
  /** Below the program's address, with its query, as the server gives it with a figure. */
  rows: string;
  title: string;
  currency: string;
  /** Of a rate: the rows of what it is a part of. */
  whole?: string | undefined;
  /** Where SQL is that adds the figure up anew, or makes the table it stands in. */
  sql?: string | undefined;
}

/** The rows behind a figure, open. */
export function RowsDrawer(props: RowsProps & { onClose: () => void }) {
  return (
    <Suspense>
      <FigureRows {...props} />
    </Suspense>
  );
}

/** A number of a table and, where it is not nothing, its rows. */
export function WithRows({ value, children, ...rows }: RowsProps & { value: number; children: ReactNode }) {
  return (
    <span className="with-rows">
      {value === 0 ? null : <RowsButton {...rows} small />}
      {children}
    </span>
  );
}

/** Opens the rows behind a figure. */
export function RowsButton({ rows, whole: all, title, currency, sql, small = false }: RowsProps & { small?: boolean }) {
  const { t } = useFigureWords();
  const [opened, setOpened] = useState(false);
  return (
    <>
      {small ? (
        <ActionIcon variant="subtle" size={26} onClick={() => setOpened(true)} aria-label={`${t('rows')}: ${title}`} title={t('rows')}>
          <IconTable size={16} stroke={1.6} />
        </ActionIcon>
      ) : (
        <Button size="compact-xs" variant="subtle" onClick={() => setOpened(true)} aria-label={`${t('rows')}: ${title}`}>
          {t('rows')}
        </Button>
      )}
      {opened ? <RowsDrawer rows={rows} whole={all} title={title} currency={currency} sql={sql} onClose={() => setOpened(false)} /> : null}
    </>
  );
}

/** What a figure or a table is, in words and as SQL; `sql` is its address, as the server gave it. */
export function useSql(sql: string | undefined) {
  const { program = '' } = useParams({ strict: false });
  const [address = '', search = ''] = (sql ?? '').split('?');
  return api.useQuery(
    'get',
    `/v1/programs/{program}/${address}` as '/v1/programs/{program}/reports/kpis/sql',
    // The server wrote the address, so its query is what the route takes.
    { params: { path: { program }, query: Object.fromEntries(new URLSearchParams(search)) as never } },
    { enabled: sql !== undefined },
  );
}

/** Opens the SQL that adds a figure up anew. */
export function SqlButton({ sql, title, small = false }: { sql: string; title: string; small?: boolean }) {
  const { t } = useFigureWords();
  const [opened, setOpened] = useState(false);
  return (
    <>
      {small ? (
        <ActionIcon variant="subtle" size={26} onClick={() => setOpened(true)} aria-label={`${t('sql')}: ${title}`} title={t('sql')}>
          <IconSql size={16} stroke={1.6} />
        </ActionIcon>
      ) : (
        <Button size="xs" variant="default" leftSection={<IconSql size={16} stroke={1.6} />} onClick={() => setOpened(true)} aria-label={`${t('sql')}: ${title}`}>
          {t('sql')}
        </Button>
      )}
      {opened ? (
        <Suspense>
          <FigureSql sql={sql} title={title} onClose={() => setOpened(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

interface FigureProps {
  figure: Figure;
  currency: string;
}

// Of these the whole name is longer than a card is wide.
const CARDS = new Set(['repeat_purchase_rate', 'redemption_rate_period']);

/** One figure, large. */
export function FigureCard({ figure, currency }: FigureProps) {
  const { t, language } = useFigureWords();
  const names = useNames();
  const name = useFigureName()(figure.id, figure.wallet);
  const said = valued(figure.value, figure, currency, names, language);
  return (
    <Paper withBorder p="md" component="section" aria-label={name}>
      <Stack gap={4} h="100%" justify="space-between">
        <Group gap={2} wrap="nowrap" justify="space-between">
          <Text size="sm" c="dimmed" truncate title={name} flex={1} miw={0}>
            {CARDS.has(figure.id) ? t(`brief.${figure.id}` as FigureWord) : name}
          </Text>
          <About text={figure.formula} label={t('formula', { figure: name })} size={14} />
          {figure.rows === null ? <SqlButton sql={figure.sql} title={name} small /> : <RowsButton rows={figure.rows} whole={figure.whole_rows ?? undefined} sql={figure.sql} title={name} currency={currency} small />}
        </Group>
        <div className="figure-value" style={{ '--signs': Math.max(said.length, 1) } as CSSProperties}>
          <Text fw={650} lh={1.2}>
            {said}
          </Text>
        </div>
        <Group gap={8} mih={22}>
          <Change figure={figure} currency={currency} />
          {figure.previous !== null && said === valued(figure.previous, figure, currency, names, language) ? null : figure.previous === null || figure.value === null ? (
            <PartOf figure={figure} />
          ) : (
            <Text size="xs" c="dimmed">
              {t('was', { value: valued(figure.previous, figure, currency, names, language) })}
            </Text>
          )}
        </Group>
      </Stack>
    </Paper>
  );
}

function PartOf({ figure }: { figure: Figure }) {
  const { t, language } = useFigureWords();
  if (figure.unit !== 'rate' || figure.share === null || figure.share.denominator === 0) {
    return null;
  }
  return (
    <Text size="xs" c="dimmed">
      {t('of', { part: whole(figure.share.numerator, language), whole: whole(figure.share.denominator, language) })}
    </Text>
  );
}

interface FigureListProps {
  title: string;
  figures: readonly Figure[];
  currency: string;
  /** The heading already says which wallet it is. */
  within?: boolean;
}

/** Figures below each other, under a heading. */
export function FigureList({ title, figures, currency, within = false }: FigureListProps) {
  const { t, language } = useFigureWords();
  const names = useNames();
  const nameOf = useFigureName();
  return (
    <Paper withBorder component="section" aria-label={title} style={{ overflow: 'hidden' }}>
      <Text component="h2" fw={600} px="md" pt="sm" pb={4} size="sm">
        {title}
      </Text>
      <table className="figures" aria-label={title}>
        <tbody>
          {figures.map((figure) => {
            const name = nameOf(figure.id, figure.wallet);
            return (
              <tr key={`${figure.id} ${figure.wallet ?? ''}`}>
                <th scope="row">
                  <Group gap={2} wrap="nowrap">
                    <Text size="sm">{within ? t(`short.${figure.id}` as FigureWord) : name}</Text>
                    <About text={figure.formula} label={t('formula', { figure: name })} size={14} />
                  </Group>
                </th>
                <td className="value">
                  <Text size="sm" fw={600} style={{ whiteSpace: 'nowrap' }}>
                    {valued(figure.value, figure, currency, names, language)}
                  </Text>
                </td>
                <td className="change">
                  <Change figure={figure} currency={currency} />
                </td>
                <td className="act">
                  {figure.rows === null ? <SqlButton sql={figure.sql} title={name} small /> : <RowsButton rows={figure.rows} whole={figure.whole_rows ?? undefined} sql={figure.sql} title={name} currency={currency} small />}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Paper>
  );
}

// Figures over time: a chart, and below it each line's formula and rows.
import { Group, Paper, Text } from '@mantine/core';
import type { Schemas } from '@api';
import Chart, { type ChartProps } from './charts';
import { monthName, shortDay } from './days';
import { RowsButton, useFigureName, valued } from './figures';
import { useFigureWords } from './figures.words';
import { useNames } from './names';
import { shade } from './shades';
import { About } from './ui';

type Series = Schemas['SeriesOut'];
type SeriesFigure = Schemas['SeriesFigureOut'];

const COLOURS = ['puntal.7', 'orange.6', 'gray.5', 'grape.6'];

interface SeriesCardProps {
  title: string;
  series: Series;
  /** Which lines, by their key figure and wallet. */
  of: readonly { figure: string; wallet?: string | null }[];
  kind?: ChartProps['kind'];
  height?: number;
}

function pointOf(point: Schemas['SeriesPointOut'], line: SeriesFigure): number {
  if (line.wallet === null) {
    const value = (point as unknown as Record<string, unknown>)[line.name];
    return typeof value === 'number' ? value : 0;
  }
  const moves = point.wallets.find((each) => each.wallet === line.wallet);
  return moves === undefined ? 0 : line.name === 'earned' ? moves.earned : line.name === 'spent' ? moves.spent : moves.expired;
}

/** Some lines of a series in one card. */
export function SeriesCard({ title, series, of, kind, height = 220 }: SeriesCardProps) {
  const { t, language } = useFigureWords();
  const names = useNames();
  const nameOf = useFigureName();
  const lines = of.flatMap(({ figure, wallet = null }) => series.figures.filter((each) => each.figure === figure && each.wallet === wallet));
  const first = lines[0];
  if (first === undefined) {
    return null;
  }
  const dayOf = series.every === 'month' ? monthName : shortDay;
  const data = series.points.map((point) => ({
    day: dayOf(point.from, language),
    ...Object.fromEntries(lines.map((line, at) => [`line${at}`, pointOf(point, line)])),
  }));
  // Axes write money without cents.
  const whole = (value: number) => valued(value, first, series.currency, names, language).replace(/[.,]00(?=\D|$)/, '');
  const drawn = lines.map((line, at) => ({ name: `line${at}`, label: nameOf(line.figure, line.wallet), color: COLOURS[at % COLOURS.length] ?? 'gray.5' }));
  const query = (rows: string) => `${rows}${rows.includes('?') ? '&' : '?'}from=${series.period.from}&through=${series.period.through}`;
  return (
    <Paper withBorder p="md" component="section" aria-label={title} miw={0}>
      <Text component="h2" fw={600} size="sm" mb="sm">
        {title}
      </Text>
      <Chart label={`${title}: ${drawn.map((each) => each.label).join(', ')}`} data={data} lines={drawn} format={whole} kind={kind} height={height} />
      <Group gap="md" mt="xs">
        {lines.map((line, at) => {
          const name = nameOf(line.figure, line.wallet);
          const total = series.points.reduce((sum, point) => sum + pointOf(point, line), 0);
          return (
            <Group key={`${line.figure} ${line.wallet ?? ''}`} gap={4} wrap="nowrap">
              <span className="dot" style={{ background: shade(COLOURS[at % COLOURS.length] ?? 'gray.5') }} aria-hidden />
              <Text size="xs">
                {name} <b>{valued(total, line, series.currency, names, language)}</b>
              </Text>
              <About text={line.formula} label={t('formula', { figure: name })} size={14} />
              <RowsButton rows={query(line.rows)} sql={query(line.sql)} title={name} currency={series.currency} small />
            </Group>
          );
        })}
      </Group>
    </Paper>
  );
}

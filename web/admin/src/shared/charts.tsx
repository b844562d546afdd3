// Lines and bars over time. Heavy: only loaded by pages that show one, after the rest of the page.
import '@mantine/charts/styles.css';
import { AreaChart, BarChart } from '@mantine/charts';
import { Box } from '@mantine/core';

export interface Line {
  name: string;
  label: string;
  color: string;
}

export interface ChartProps {
  /** Says what is seen to those who hear it. */
  label: string;
  data: Record<string, string | number>[];
  lines: Line[];
  format: (value: number) => string;
  kind?: 'area' | 'bar' | 'stacked';
  height?: number;
}

export default function Chart({ label, data, lines, format, kind = 'area', height = 220 }: ChartProps) {
  const common = {
    h: height,
    data,
    dataKey: 'day',
    series: lines,
    valueFormatter: format,
    yAxisProps: { width: 64 },
    xAxisProps: { minTickGap: 24 },
    gridAxis: 'x' as const,
    tickLine: 'none' as const,
  };
  return (
    <Box role="img" aria-label={label}>
      {kind === 'area' ? (
        <AreaChart {...common} withDots={data.length < 3} curveType="monotone" fillOpacity={0.14} strokeWidth={2} />
      ) : (
        <BarChart {...common} type={kind === 'stacked' ? 'stacked' : 'default'} maxBarWidth={28} />
      )}
    </Box>
  );
}

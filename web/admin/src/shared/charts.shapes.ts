// The geometry of charts: values to paths in a square of 100 by 100 that stretches to its place. Pure.

export type Kind = 'area' | 'bar' | 'stacked';
/** What is said of one day: its name as `day`, and a number per line. */
export type Point = Record<string, string | number>;

/** So many marks on an axis, about. */
const MARKS = 4;
const STEPS = [1, 2, 5, 10];
/** Of the room that a day has, its bars take so much; where days are few, a bar is no wider than the second. */
const FILLED = 0.7;
const WIDEST = 5;
/** No more names of days than these stand below a chart. */
const NAMED = 6;

export const SIDE = 100;

function valueOf(point: Point, line: string): number {
  const value = point[line];
  return typeof value === 'number' ? value : 0;
}

/** The marks of the value axis, from below the least value to above the most; zero is one of them. */
export function marks(data: readonly Point[], lines: readonly string[], kind: Kind): number[] {
  const sums = data.flatMap((point) => {
    const values = lines.map((line) => valueOf(point, line));
    const sum = (some: number[]) => some.reduce((total, each) => total + each, 0);
    return kind === 'stacked' ? [sum(values.filter((each) => each > 0)), sum(values.filter((each) => each < 0))] : values;
  });
  const high = Math.max(0, ...sums);
  const low = Math.min(0, ...sums);
  const rough = Math.max((high - low) / MARKS, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((each) => each * power >= rough) ?? 10) * power;
  const first = Math.floor(low / step);
  const last = Math.max(Math.ceil(high / step), first + 1);
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
}

/** How high a value stands, measured from above, between the first mark and the last. */
export function heightOf(value: number, scale: readonly number[]): number {
  const low = scale[0] ?? 0;
  const high = scale.at(-1) ?? 1;
  return Math.round((1e4 * SIDE * (high - value)) / (high - low)) / 1e4;
}

/** Where a day stands from the left: lines begin and end at the sides, bars stand in the middle of their room. */
export function placeOf(at: number, days: number, kind: Kind): number {
  if (kind === 'area') {
    return days < 2 ? SIDE / 2 : (SIDE * at) / (days - 1);
  }
  return (SIDE * (at + 0.5)) / days;
}

/** The day nearest to a place. */
export function dayAt(place: number, days: number, kind: Kind): number {
  const at = kind === 'area' ? Math.round((place / SIDE) * (days - 1)) : Math.floor((place / SIDE) * days);
  return Math.min(Math.max(at, 0), days - 1);
}

/** The days whose names are written, evenly apart. */
export function named(days: number): number[] {
  const step = Math.max(Math.ceil(days / NAMED), 1);
  return Array.from({ length: Math.ceil(days / step) }, (_, at) => at * step);
}

/** The path of a line over its days. A single day is a dot: a line of no length with round ends. */
export function linePath(data: readonly Point[], line: string, scale: readonly number[]): string {
  const corners = data.map((point, at) => `${placeOf(at, data.length, 'area')} ${heightOf(valueOf(point, line), scale)}`);
  return `M${corners.join('L')}${corners.length === 1 ? 'h0' : ''}`;
}

/** The same down to zero, to be filled. */
export function areaPath(data: readonly Point[], line: string, scale: readonly number[]): string {
  const ground = heightOf(0, scale);
  return `${linePath(data, line, scale)}V${ground}H${placeOf(0, data.length, 'area')}Z`;
}

/** The bars of each line as one path: on top of each other, or side by side. */
export function barPaths(data: readonly Point[], lines: readonly string[], scale: readonly number[], kind: Kind): string[] {
  const room = Math.min((SIDE / data.length) * FILLED, WIDEST * (kind === 'stacked' ? 1 : lines.length));
  const wide = kind === 'stacked' ? room : room / lines.length;
  const paths = lines.map(() => '');
  data.forEach((point, day) => {
    const left = placeOf(day, data.length, kind) - room / 2;
    let above = 0;
    let below = 0;
    lines.forEach((line, at) => {
      const value = valueOf(point, line);
      const from = kind !== 'stacked' ? 0 : value >= 0 ? above : below;
      if (value >= 0) {
        above += value;
      } else {
        below += value;
      }
      if (value !== 0) {
        const begin = Math.round(1e4 * (kind === 'stacked' ? left : left + at * wide)) / 1e4;
        paths[at] += `M${begin} ${heightOf(from, scale)}V${heightOf(from + value, scale)}h${wide}V${heightOf(from, scale)}Z`;
      }
    });
  });
  return paths;
}

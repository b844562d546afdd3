// Lines and bars over time. They stretch to their place without being measured, so they are there with the page.
import { useState, type PointerEvent } from 'react';
import './charts.css';
import { areaPath, barPaths, dayAt, heightOf, linePath, marks, named, placeOf, SIDE, type Kind, type Point } from './charts.shapes';
import { shade } from './shades';

export interface Line {
  name: string;
  label: string;
  /** Of the theme: `puntal.7`. */
  color: string;
}

export interface ChartProps {
  /** Says what is seen to those who hear it. */
  label: string;
  data: Point[];
  lines: Line[];
  format: (value: number) => string;
  kind?: Kind;
  height?: number;
}

export default function Chart({ label, data, lines, format, kind = 'area', height = 220 }: ChartProps) {
  const [at, setAt] = useState<number>();
  const keys = lines.map((each) => each.name);
  const scale = marks(data, keys, kind);
  const follow = ({ currentTarget, clientX }: PointerEvent<HTMLDivElement>) => {
    const { left, width } = currentTarget.getBoundingClientRect();
    setAt(dayAt(((clientX - left) / width) * SIDE, data.length, kind));
  };
  const place = (day: number) => placeOf(day, data.length, kind);
  const bars = kind === 'area' ? [] : barPaths(data, keys, scale, kind);
  return (
    <div className="chart" role="img" aria-label={label} style={{ height }}>
      <div className="chart-values">
        {scale.map((each) => (
          <span key={each} style={{ top: `${heightOf(each, scale)}%` }}>
            {format(each)}
          </span>
        ))}
        {/* Not seen: as wide as the widest of them. */}
        {scale.map((each) => (
          <i key={each}>{format(each)}</i>
        ))}
      </div>
      <div className="chart-field" onPointerMove={follow} onPointerDown={follow} onPointerLeave={() => setAt(undefined)}>
        <svg viewBox={`0 0 ${SIDE} ${SIDE}`} preserveAspectRatio="none">
          <path className="chart-grid" d={scale.map((each) => `M0 ${heightOf(each, scale)}H${SIDE}`).join('')} />
          {lines.map((each, index) =>
            kind === 'area' ? (
              <g key={each.name} style={{ color: shade(each.color) }}>
                <path className="chart-area" d={areaPath(data, each.name, scale)} />
                <path className="chart-line" d={linePath(data, each.name, scale)} />
              </g>
            ) : (
              <path key={each.name} style={{ color: shade(each.color) }} className="chart-bar" d={bars[index]} />
            ),
          )}
          {at === undefined ? null : <path className="chart-here" d={`M${place(at)} 0V${SIDE}`} />}
        </svg>
        {at === undefined ? null : <Here point={data[at]} lines={lines} format={format} place={place(at)} />}
      </div>
      <div className="chart-days">
        {named(data.length).map((day) => (
          <span key={day} data-at={kind !== 'area' || data.length < 2 ? 'middle' : day === 0 ? 'begin' : day === data.length - 1 ? 'end' : 'middle'} style={{ left: `${place(day)}%` }}>
            {data[day]?.['day']}
          </span>
        ))}
      </div>
    </div>
  );
}

/** What the day under the pointer says. */
function Here({ point, lines, format, place }: { point: Point | undefined; lines: Line[]; format: (value: number) => string; place: number }) {
  return point === undefined ? null : (
    <div className="chart-told" data-left={place > SIDE / 2} style={{ left: `${place}%` }}>
      <b>{point['day']}</b>
      {lines.map((each) => (
        <div key={each.name}>
          <span className="dot" style={{ background: shade(each.color) }} />
          {each.label}
          <em>{format(Number(point[each.name] ?? 0))}</em>
        </div>
      ))}
    </div>
  );
}

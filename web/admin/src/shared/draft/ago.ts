const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400_000], ['hour', 3_600_000], ['minute', 60_000]];

/** "2 minutes ago": how long before `now`, which is by the same clock as the instant (`useNow`). */
export function ago(instant: string | null, now: number, language: string): string {
  if (instant === null) {
    return '';
  }
  const passed = now - new Date(instant).getTime();
  const [unit, step] = STEPS.find(([, each]) => passed >= each) ?? ['second', 1000];
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-Math.round(Math.max(0, passed) / step), unit as Intl.RelativeTimeFormatUnit);
}

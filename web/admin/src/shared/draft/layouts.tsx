// Which fields of a part are asked first, and which are rarely needed.
import { SegmentedControl, SimpleGrid, Stack } from '@mantine/core';
import { Field, FieldsOf } from './any';
import type { Fields, PartName } from './document';
import { Together, useForm } from './form';
import { MoneyInput, PercentInput } from './inputs';
import { LimitInput } from './parts';
import { partOf } from './schema';
import { useDraftWords } from './words';

interface Layout {
  first: string[];
  /** Never asked here: they have a place of their own. */
  elsewhere?: string[];
}

const LAYOUTS: Partial<Record<PartName, Layout>> = {
  Rule: { first: ['label', 'on', 'gives', 'when', 'audience', 'from', 'through', 'limit', 'budget'], elsewhere: ['id', 'award', 'multiply', 'branches'] },
  Wallet: { first: ['label', 'kind', 'available', 'expiry', 'worth', 'if_already_spent', 'transferable'] },
  Ladder: { first: ['measure', 'window', 'keep', 'tiers'], elsewhere: ['id'] },
  Campaign: { first: ['label', 'from', 'through', 'audience', 'holdout', 'budget'], elsewhere: ['id', 'earning', 'rewards'] },
  Reward: { first: ['name', 'kind', 'given', 'cost', 'text', 'when', 'audience', 'tiers', 'from', 'through', 'stock', 'limit', 'valid', 'channels', 'image', 'instructions', 'listed', 'enabled'], elsewhere: ['id', 'campaign'] },
  Program: { first: ['name', 'phase', 'locales', 'timezone', 'currency', 'country', 'starts', 'budget'], elsewhere: Object.keys(partOf('Program').properties ?? {}) },
  SharedLimit: { first: ['rules', 'bounds'], elsewhere: Object.keys(partOf('Limit').properties ?? {}) },
};

const GIVEN: Record<string, string[]> = {
  amount_off: ['value', 'applies_to'],
  percent_off: ['value', 'max_discount', 'applies_to'],
  product: ['product'],
  shipping: ['max_discount'],
  credit: ['into', 'points', 'value'],
  gift_card: ['value', 'into'],
  cash_back: ['value'],
  experience: ['experience'],
  partner_code: ['pool'],
  custom: ['type', 'fields'],
};
const EVERY_GIVEN = [...new Set(Object.values(GIVEN).flat())];

interface PartFieldsProps {
  part: PartName;
  value: Fields;
  onChange: (value: Fields) => void;
  advanced?: boolean;
}

/** What of a part stands below "Advanced". */
export function advancedOf(part: PartName): string[] {
  const layout = LAYOUTS[part];
  const known = new Set([...(layout?.first ?? []), ...(layout?.elsewhere ?? []), ...(part === 'Reward' ? EVERY_GIVEN : [])]);
  return layout === undefined ? [] : Object.keys(partOf(part).properties ?? {}).filter((name) => !known.has(name));
}

/** The fields that a form of this part begins with. */
export function PartFields({ part, value, onChange }: PartFieldsProps) {
  const { currency } = useForm();
  const first = LAYOUTS[part]?.first ?? Object.keys(partOf(part).properties ?? {}).filter((name) => name !== 'id');
  const groups: string[][] = [[]];
  for (const name of first) {
    if (name === 'gives' || name === 'given' || name === 'bounds') {
      groups.push([name], []);
    } else {
      groups.at(-1)?.push(name);
    }
  }
  return (
    <Stack gap="md">
      {groups.map((names, index) => {
        switch (names[0]) {
          case undefined:
            return null;
          case 'gives':
            return <Gives key={index} value={value} onChange={onChange} />;
          case 'given':
            return <Given key={index} value={value} onChange={onChange} />;
          case 'bounds':
            return <Bounds key={index} value={value} onChange={onChange} />;
          default:
            return <FieldsOf key={index} owner={part} names={names} value={value} onChange={part === 'Reward' && names.includes('kind') ? (next) => onChange(ofKind(value, next, currency)) : onChange} path="" />;
        }
      })}
    </Stack>
  );
}

/** Another kind of reward begins with what it needs, and loses what it cannot have. */
function ofKind(before: Fields, after: Fields, currency: string): Fields {
  const kind = String(after['kind']);
  if (before['kind'] === after['kind']) {
    return after;
  }
  const keeps = new Set(GIVEN[kind] ?? []);
  const rest = Object.fromEntries(Object.entries(after).filter(([name]) => keeps.has(name) || !EVERY_GIVEN.includes(name)));
  const money = `5.00 ${currency}`;
  const starts: Record<string, Fields> = {
    amount_off: { value: money },
    percent_off: { value: '10%' },
    product: { product: { ids: [] } },
    gift_card: { value: `25.00 ${currency}` },
    cash_back: { value: money },
    experience: { experience: { sessions: [] } },
  };
  return { ...rest, ...(starts[kind] ?? {}) };
}

/** What the reward gives, by its kind. */
function Given({ value, onChange }: { value: Fields; onChange: (value: Fields) => void }) {
  const kind = String(value['kind']);
  const names = (GIVEN[kind] ?? []).filter((name) => name !== 'value');
  const written = typeof value['value'] === 'string' ? value['value'] : undefined;
  const set = (next: string | undefined) => {
    const { value: _, ...rest } = value;
    onChange(next === undefined ? rest : { ...rest, value: next });
  };
  return (
    <Stack gap="md">
      {(GIVEN[kind] ?? []).includes('value') ? (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>{kind === 'percent_off' ? <PercentInput path="/value" value={written} onChange={set} /> : <MoneyInput path="/value" value={written} onChange={set} />}</SimpleGrid>
      ) : null}
      <FieldsOf owner="Reward" names={names} value={value} onChange={onChange} path="" />
    </Stack>
  );
}

type Way = 'award' | 'multiply' | 'branches';

/** A rule gives something, multiplies what others give, or does one or the other. */
function Gives({ value, onChange }: { value: Fields; onChange: (value: Fields) => void }) {
  const { t } = useDraftWords();
  const way: Way = value['multiply'] ? 'multiply' : Array.isArray(value['branches']) && value['branches'].length > 0 ? 'branches' : 'award';
  const choose = (next: Way) => {
    const { award, multiply: _m, branches: _b, ...rest } = value;
    const first = Array.isArray(award) ? award[0] : award;
    onChange(
      {
        award: { ...rest, award: first ?? { wallet: 'points', points: 10 } },
        multiply: { ...rest, multiply: { times: 2 } },
        branches: { ...rest, branches: [{ when: {}, award: first ?? { wallet: 'points', points: 10 } }, { otherwise: 'nothing' }] },
      }[next] as Fields,
    );
  };
  return (
    <Together path="/award" label={t('gives')}>
      <Stack gap="sm">
        <SegmentedControl
          aria-label={t('gives')}
          value={way}
          onChange={(next) => choose(next as Way)}
          data={[
            { value: 'award', label: t('givesAward') },
            { value: 'multiply', label: t('multiplies') },
            { value: 'branches', label: t('branchesOut') },
          ]}
        />
        <Field owner="Rule" name={way} value={value} onChange={onChange} path="" />
      </Stack>
    </Together>
  );
}

/** A limit that several rules use up together. */
function Bounds({ value, onChange }: { value: Fields; onChange: (value: Fields) => void }) {
  const { rules, ...limit } = value;
  return <LimitInput value={limit} onChange={(next) => onChange({ ...(next as Fields | undefined), rules })} path="" />;
}

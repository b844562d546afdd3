// Which happenings an endpoint is told: by families, whole or in part.
import { Box, Checkbox, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import type { Schemas } from '@api';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useSettingsWords } from './words';

type Kind = Schemas['KindOut'];

interface KindsProps {
  kinds: readonly Kind[];
  /** Names, and families such as `member.*`. */
  value: string[];
  onChange: (value: string[]) => void;
}

export function Kinds({ kinds, value, onChange }: KindsProps) {
  const { t } = useSettingsWords();
  const [wanted, setWanted] = useState('');
  const asked = wanted.trim().toLowerCase();
  const shown = kinds.filter((each) => each.kind.includes(asked) || each.description.toLowerCase().includes(asked));
  const has = (name: string): boolean => value.includes(name);
  const put = (name: string, isOn: boolean): void => onChange(isOn ? [...value, name] : value.filter((each) => each !== name));
  const putFamily = (family: string, isOn: boolean): void => {
    const rest = value.filter((each) => each !== `${family}.*` && !each.startsWith(`${family}.`));
    onChange(isOn ? [...rest, `${family}.*`] : rest);
  };
  return (
    <Stack gap="xs" role="group" aria-label={t('kinds')}>
      <Text size="sm" fw={600}>
        {t('kinds')}
      </Text>
      <TextInput aria-label={t('findKind')} placeholder={t('findKind')} leftSection={<IconSearch size={16} />} value={wanted} onChange={(event) => setWanted(event.currentTarget.value)} />
      <ScrollArea.Autosize mah={320} type="auto" viewportProps={{ tabIndex: 0 }}>
        <Stack gap="md" py={4}>
          {shown.length === 0 ? <Text size="sm">{t('noKind')}</Text> : null}
          {familiesOf(shown).map(([family, members]) => {
            const size = kinds.filter((each) => familyOf(each.kind) === family).length;
            const isWhole = has(`${family}.*`);
            const some = members.some((each) => has(each.kind));
            return (
              <Stack key={family} gap={6}>
                {size === 1 ? null : (
                  <Checkbox
                    fw={600}
                    label={t('allOf', { family: `${family}.*` })}
                    checked={isWhole}
                    indeterminate={!isWhole && some}
                    onChange={(event) => putFamily(family, event.currentTarget.checked)}
                  />
                )}
                <Box pl={size === 1 ? 0 : 'lg'}>
                  <Stack gap={6}>
                    {members.map((each) => (
                      <Checkbox
                        key={each.kind}
                        label={each.kind}
                        description={each.description}
                        checked={isWhole || has(each.kind)}
                        disabled={isWhole}
                        onChange={(event) => put(each.kind, event.currentTarget.checked)}
                      />
                    ))}
                  </Stack>
                </Box>
              </Stack>
            );
          })}
        </Stack>
      </ScrollArea.Autosize>
    </Stack>
  );
}

function familyOf(kind: string): string {
  return kind.split('.')[0] ?? kind;
}

function familiesOf(kinds: readonly Kind[]): [string, Kind[]][] {
  const families = new Map<string, Kind[]>();
  for (const each of kinds) {
    families.set(familyOf(each.kind), [...(families.get(familyOf(each.kind)) ?? []), each]);
  }
  return [...families];
}

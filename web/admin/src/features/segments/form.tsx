// The name of a segment in the program's languages, and whom it means.
import { Button, Card, Grid, Group, Stack, Text, TextInput } from '@mantine/core';
import { Conditions, type Written } from '@shared/conditions';
import { useMay, useProgram } from '@shared/session';
import { useState } from 'react';
import { Audience } from './audience';
import { textOf, textsOf, type WrittenSegment } from './document';
import { Saving } from './saving';
import { useSegmentWords } from './words';

interface FormProps {
  program: string;
  segment: WrittenSegment;
  isList: boolean;
  /** The id to save under, for a name. */
  idFor: (name: string) => string;
  onSaved: (id: string) => void;
  aside?: React.ReactNode;
}

export function SegmentForm({ program, segment, isList, idFor, onSaved, aside }: FormProps) {
  const { t, language } = useSegmentWords();
  const may = useMay();
  const locales = useProgram()?.locales ?? ['en'];
  const [names, setNames] = useState(() => textsOf(segment.label, locales));
  const [when, setWhen] = useState<Written | null>(segment.when ?? null);
  const [ok, setOk] = useState(false);
  const [tried, setTried] = useState(false);
  const [saving, setSaving] = useState(false);
  const label = textOf(names);
  const spoken = names[language]?.trim() || Object.values(names).find((each) => each.trim() !== '')?.trim() || '';
  const isReady = spoken !== '' && (isList || (when !== null && ok));
  const next: WrittenSegment = isList ? { label, list: true } : { label, when };
  const languages = new Intl.DisplayNames(language, { type: 'language' });
  /** What was asked to be saved, and could not be yet: its condition was still being read. */
  const [waits, setWaits] = useState<WrittenSegment['when'] | undefined>();
  const begin = (): void => {
    setTried(true);
    setSaving(isReady);
    setWaits(isReady ? undefined : when);
  };
  if (waits !== undefined && waits === when && isReady) {
    setWaits(undefined);
    setSaving(true);
  }
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: isList ? 12 : 8 }}>
        <Stack>
          <Card withBorder padding="lg">
            <Stack>
              <Group grow align="flex-start" preventGrowOverflow={false} wrap="wrap">
                {locales.map((each, index) => (
                  <TextInput
                    key={each}
                    label={locales.length === 1 ? t('name') : t('nameIn', { language: languages.of(each) ?? each })}
                    placeholder={index === 0 ? t('nameHint') : undefined}
                    value={names[each] ?? ''}
                    maxLength={120}
                    miw={200}
                    error={tried && spoken === '' && index === 0 ? t('noLabel') : undefined}
                    onChange={(event) => setNames({ ...names, [each]: event.currentTarget.value })}
                  />
                ))}
              </Group>
              {isList ? (
                <Text size="sm" c="dimmed">
                  {t('newListAbout')}
                </Text>
              ) : (
                <div>
                  <Text size="sm" fw={600} mb={6}>
                    {t('condition')}
                  </Text>
                  <Conditions program={program} of="segment" draft value={when} onChange={setWhen} onCheck={(checked) => setOk(checked.ok)} always={t('allMembers')} />
                  {tried && when === null ? (
                    <Text size="sm" c="var(--mantine-color-error)" mt={4} role="alert">
                      {t('noCondition')}
                    </Text>
                  ) : null}
                </div>
              )}
              {may('program:write') ? (
                <Group>
                  <Button onClick={begin}>
                    {t('save')}
                  </Button>
                </Group>
              ) : null}
            </Stack>
          </Card>
          {aside}
        </Stack>
      </Grid.Col>
      {isList ? null : (
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Audience program={program} when={when} ready={ok} />
        </Grid.Col>
      )}
      <Saving
        program={program}
        id={idFor(spoken)}
        name={spoken}
        segment={next}
        opened={saving}
        onClose={() => setSaving(false)}
        onSaved={() => {
          setSaving(false);
          onSaved(idFor(spoken));
        }}
      />
    </Grid>
  );
}

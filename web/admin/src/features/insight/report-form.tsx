// Asking for the report of a period that is over.
import { Button, Modal, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import type { Schemas } from '@api';
import { monthStart, plusDays, span, today } from '@shared/days';
import { useProgram } from '@shared/session';
import { Failure } from '@shared/ui';
import { useState } from 'react';
import { useComparingWords } from './comparing.words';

type Every = Schemas['ReportIn']['every'];
const HOW_MANY = 16;

/** The last periods that are over, newest first: their first and last days. */
function periods(every: Every, now: string): [string, string][] {
  const found: [string, string][] = [];
  if (every === 'week') {
    const weekday = (new Date(`${now}T00:00:00Z`).getUTCDay() + 6) % 7;
    for (let first = plusDays(now, -weekday - 7); found.length < HOW_MANY; first = plusDays(first, -7)) {
      found.push([first, plusDays(first, 6)]);
    }
    return found;
  }
  const months = every === 'month' ? 1 : 3;
  const under = every === 'month' ? monthStart(now) : monthStart(now, -((Number(now.slice(5, 7)) - 1) % 3));
  for (let first = monthStart(under, -months); found.length < HOW_MANY; first = monthStart(first, -months)) {
    found.push([first, plusDays(monthStart(first, months), -1)]);
  }
  return found;
}

interface MakeReportProps {
  busy: boolean;
  failure: unknown;
  onMake: (body: Schemas['ReportIn']) => void;
  onClose: () => void;
}

export default function MakeReport({ busy, failure, onMake, onClose }: MakeReportProps) {
  const { t, language } = useComparingWords();
  const card = useProgram();
  const now = today(card?.now ?? new Date().toISOString(), card?.timezone ?? 'UTC');
  const [every, setEvery] = useState<Every>('month');
  const [day, setDay] = useState<string>();
  const [written, setWritten] = useState<'en' | 'es'>(language);
  const choices = periods(every, now);
  const chosen = choices.find(([first]) => first === day)?.[0] ?? choices[0]?.[0] ?? now;
  return (
    <Modal opened onClose={onClose} centered title={<Text fw={600}>{t('makeTitle')}</Text>} closeButtonProps={{ 'aria-label': t('close') }}>
      <Stack>
        <SegmentedControl
          fullWidth
          aria-label={t('kind')}
          value={every}
          data={[
            { value: 'week', label: t('aWeek') },
            { value: 'month', label: t('aMonth') },
            { value: 'quarter', label: t('aQuarter') },
          ]}
          onChange={(value) => setEvery(value as Every)}
        />
        <Select label={t('period')} allowDeselect={false} data={choices.map(([first, last]) => ({ value: first, label: span(first, last, language) }))} value={chosen} onChange={(value) => setDay(value ?? undefined)} />
        <Select
          label={t('language')}
          allowDeselect={false}
          data={(['en', 'es'] as const).map((each) => ({ value: each, label: t(each) }))}
          value={written}
          onChange={(value) => setWritten(value === 'es' ? 'es' : 'en')}
        />
        {failure ? <Failure failure={failure} writing /> : null}
        <Button loading={busy} onClick={() => onMake({ every, day: chosen, language: written })}>
          {t('make')}
        </Button>
      </Stack>
    </Modal>
  );
}

// Enrolling somebody at the desk.
import { Button, Checkbox, Group, Modal, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { api } from '@api';
import { CountryInput } from '@shared/country-input';
import { DayInput } from '@shared/day-input';
import { told } from '@shared/problem';
import { useProgram } from '@shared/session';
import { Failure } from '@shared/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { OwnFields, sentOf, type Own } from './own-fields';
import { useOwnFields, usePurposes } from './program';
import { useMemberWords } from './words';

const FIELDS: Record<string, string> = {
  '/ids/email': 'email', '/ids/phone': 'phone', '/ids/card': 'card', '/name': 'name', '/birthday': 'birthday', '/country': 'country',
};

interface Wrong {
  /** What is wrong, by the field of the form. */
  fields: Record<string, string>;
  /** The same of the program's own fields. */
  own: Record<string, string>;
  consents: string | undefined;
  /** Whether all of it stands at a field. */
  isTold: boolean;
}

/** What the server found wrong, each at its own field. */
function wrongIn(failure: unknown): Wrong {
  const wrong: Wrong = { fields: {}, own: {}, consents: undefined, isTold: false };
  const { faults } = told(failure);
  let count = 0;
  for (const fault of faults) {
    const text = fault.suggestion ? `${fault.reason}. ${fault.suggestion}` : fault.reason;
    const field = FIELDS[fault.path];
    const [, section, name] = fault.path.split('/');
    if (field !== undefined) {
      wrong.fields[field] = text;
    } else if (section === 'attributes' && name !== undefined) {
      wrong.own[name] = text;
    } else if (section === 'consents') {
      wrong.consents = wrong.consents === undefined ? text : `${wrong.consents} ${text}`;
    } else {
      continue;
    }
    count += 1;
  }
  wrong.isTold = count > 0 && count === faults.length;
  return wrong;
}

const EMPTY = { name: '', email: '', phone: '', card: '', birthday: '', country: '' };

export function Enrol({ program, opened, onClose }: { program: string; opened: boolean; onClose: () => void }) {
  const { t } = useMemberWords();
  return (
    <Modal opened={opened} onClose={onClose} title={<Text fw={600}>{t('enrolTitle')}</Text>} size="lg" centered closeButtonProps={{ 'aria-label': t('close') }}>
      <EnrolForm program={program} onClose={onClose} />
    </Modal>
  );
}

function EnrolForm({ program, onClose }: { program: string; onClose: () => void }) {
  const { t } = useMemberWords();
  const currency = useProgram()?.currency ?? 'EUR';
  const fields = useOwnFields();
  const purposes = usePurposes();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [own, setOwn] = useState<Own>({});
  const [agreed, setAgreed] = useState<string[]>([]);
  const [unread, setUnread] = useState<string | null>(null);
  const [unreadOwn, setUnreadOwn] = useState<string[]>([]);
  const form = useForm({
    initialValues: EMPTY,
    validate: (values) => ({
      ...(values.email.trim() || values.phone.trim() || values.card.trim() ? {} : { email: t('oneIdentity') }),
      // The field itself says what it could not read.
      ...(unread === null ? {} : { birthday: true }),
    }),
  });
  const place = useRef<HTMLFormElement>(null);
  const toFirst = (): void => {
    // Once the errors stand there and the button is no longer busy.
    window.setTimeout(() => place.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-wrong] input')?.focus(), 100);
  };
  const enrol = api.useMutation('post', '/v1/programs/{program}/members', {
    onSuccess: (made) => {
      void queries.invalidateQueries();
      notifications.show({ message: made.created ? t('enrolled') : t('enrolledBefore') });
      onClose();
      void navigate({ to: '/p/$program/members/$member', params: { program, member: made.id }, search: {} });
    },
    onError: (failure) => {
      form.setErrors(wrongIn(failure).fields);
      toFirst();
    },
  });
  const wrong = wrongIn(enrol.error);
  const send = form.onSubmit((values) => {
    if (unreadOwn.length > 0) {
      toFirst();
      return;
    }
    const said = (text: string) => text.trim() || null;
    enrol.mutate({
      params: { path: { program } },
      body: {
        ids: { email: said(values.email), phone: said(values.phone), card: said(values.card) },
        name: said(values.name),
        birthday: said(values.birthday),
        country: said(values.country),
        attributes: Object.fromEntries(Object.entries(sentOf(fields, own, currency)).filter(([, value]) => value !== null)) as Record<string, never>,
        consents: purposes.filter((each) => agreed.includes(each.id)).map((each) => ({ purpose: each.id, channel: '', given: true, evidence: { source: 'admin', note: t('consentNote') } })),
      },
    });
  }, toFirst);
  return (
    <form ref={place} onSubmit={send} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('enrolText')}
        </Text>
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <TextInput label={t('name')} maxLength={200} data-autofocus {...form.getInputProps('name')} />
          <TextInput label={t('email')} type="email" maxLength={254} {...form.getInputProps('email')} />
          <TextInput label={t('phone')} type="tel" maxLength={40} {...form.getInputProps('phone')} />
          <TextInput label={t('card')} maxLength={64} {...form.getInputProps('card')} />
          <DayInput label={t('birthday')} clearable onUnread={setUnread} {...form.getInputProps('birthday')} value={form.values.birthday} />
          <CountryInput label={t('country')} {...form.getInputProps('country')} value={form.values.country} />
          <OwnFields fields={fields} values={own} currency={currency} errors={wrong.own} onUnread={setUnreadOwn} onChange={setOwn} />
        </SimpleGrid>
        {purposes.length === 0 ? null : (
          <Checkbox.Group label={t('agreedTo')} value={agreed} onChange={setAgreed} error={wrong.consents} {...(wrong.consents === undefined ? {} : { 'data-wrong': true })}>
            <Stack gap="xs" mt={4}>
              {purposes.map((each) => (
                <Checkbox key={each.id} value={each.id} label={each.isRequired ? `${each.text} *` : each.text} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        {enrol.error && !wrong.isTold ? <Failure failure={enrol.error} writing /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={enrol.isPending}>
            {t('enrolDo')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

// Setting up, renewing and removing the code of an authenticator app.
import { Badge, Button, Code, CopyButton, Group, Image, Modal, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { api, type Schemas } from '@api';
import { day } from '@shared/format';
import { PasswordInput } from '@shared/password-input';
import { Failure } from '@shared/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Section } from './section';
import { useAccountWords } from './words';

type Step = 'begin' | 'renew' | 'remove';

export function SecondFactor({ factor }: { factor: Schemas['FactorOut'] }) {
  const { t, language } = useAccountWords();
  const [step, setStep] = useState<Step>();
  const on = factor.since !== null;
  return (
    <Section title={t('factor')} text={t('factorText')}>
      <Group justify="space-between">
        <div>
          <Badge variant="light" color={on ? 'green' : 'gray'}>
            {on ? t('factorOn', { when: day(factor.since ?? '', 'UTC', language) }) : t('factorOff')}
          </Badge>
          {on ? (
            <Text size="sm" mt={4} c={factor.recovery_codes_left < 3 ? 'orange' : 'dimmed'}>
              {t('codesLeft', { count: factor.recovery_codes_left })}
            </Text>
          ) : null}
        </div>
        <Group gap="xs">
          {on ? (
            <>
              <Button variant="default" onClick={() => setStep('renew')}>
                {t('newCodes')}
              </Button>
              <Button variant="default" onClick={() => setStep('remove')}>
                {t('remove')}
              </Button>
            </>
          ) : (
            <Button onClick={() => setStep('begin')}>{t('begin')}</Button>
          )}
        </Group>
      </Group>
      {step === 'begin' ? <Begin onClose={() => setStep(undefined)} /> : null}
      {step === 'renew' || step === 'remove' ? <WithProof step={step} onClose={() => setStep(undefined)} /> : null}
    </Section>
  );
}

function useRefreshed() {
  const queries = useQueryClient();
  return () => void queries.invalidateQueries({ queryKey: ['get', '/v1/auth/me'] });
}

function Begin({ onClose }: { onClose: () => void }) {
  const { t } = useAccountWords();
  const refresh = useRefreshed();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const begin = api.useMutation('post', '/v1/auth/second-factor');
  const confirm = api.useMutation('post', '/v1/auth/second-factor/confirm', { onSuccess: refresh });
  return (
    <Modal opened onClose={onClose} closeOnClickOutside={confirm.data === undefined} closeButtonProps={{ 'aria-label': t('close') }} title={<Text fw={600}>{confirm.data ? t('keepCodes') : t('beginTitle')}</Text>} centered>
      {confirm.data ? (
        <RecoveryCodes codes={confirm.data.recovery_codes} onClose={onClose} />
      ) : begin.data ? (
        <form onSubmit={(event) => (event.preventDefault(), confirm.mutate({ body: { code: code.trim() } }))}>
          <Stack>
            <Text size="sm">{t('scan')}</Text>
            <Image src={`data:image/svg+xml;utf8,${encodeURIComponent(begin.data.picture)}`} alt="" w={200} h={200} mx="auto" bg="white" p="xs" />
            <Text size="xs" c="dimmed">
              {t('byHand')}
            </Text>
            <Group gap="xs" wrap="nowrap">
              <Code block style={{ flexGrow: 1, overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
                {begin.data.secret}
              </Code>
              <CopyButton value={begin.data.secret}>
                {({ copied, copy }) => (
                  <Button size="xs" variant="default" onClick={copy} style={{ flexShrink: 0 }}>
                    {copied ? t('copied') : t('copy')}
                  </Button>
                )}
              </CopyButton>
            </Group>
            <TextInput label={t('code')} value={code} onChange={(event) => setCode(event.currentTarget.value)} inputMode="numeric" autoComplete="one-time-code" required withAsterisk={false} autoFocus />
            {confirm.error ? <Failure failure={confirm.error} writing /> : null}
            <Button type="submit" loading={confirm.isPending}>
              {t('confirm')}
            </Button>
          </Stack>
        </form>
      ) : (
        <form onSubmit={(event) => (event.preventDefault(), begin.mutate({ body: { password } }))}>
          <Stack>
            <PasswordInput label={t('prove')} value={password} onChange={(event) => setPassword(event.currentTarget.value)} autoComplete="current-password" required withAsterisk={false} autoFocus />
            {begin.error ? <Failure failure={begin.error} writing /> : null}
            <Button type="submit" loading={begin.isPending}>
              {t('go')}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

function WithProof({ step, onClose }: { step: 'renew' | 'remove'; onClose: () => void }) {
  const { t } = useAccountWords();
  const refresh = useRefreshed();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const renew = api.useMutation('post', '/v1/auth/second-factor/recovery-codes', { onSuccess: refresh });
  const remove = api.useMutation('post', '/v1/auth/second-factor/remove', {
    onSuccess: () => {
      refresh();
      onClose();
    },
  });
  const acting = step === 'renew' ? renew : remove;
  if (renew.data) {
    return (
      <Modal opened onClose={onClose} closeOnClickOutside={false} closeButtonProps={{ 'aria-label': t('close') }} title={<Text fw={600}>{t('keepCodes')}</Text>} centered>
        <RecoveryCodes codes={renew.data.recovery_codes} onClose={onClose} />
      </Modal>
    );
  }
  return (
    <Modal opened onClose={onClose} closeButtonProps={{ 'aria-label': t('close') }} title={<Text fw={600}>{step === 'renew' ? t('newCodes') : t('removeTitle')}</Text>} centered>
      <form onSubmit={(event) => (event.preventDefault(), acting.mutate({ body: { password, code: code.trim() } }))}>
        <Stack>
          <Text size="sm">{step === 'renew' ? t('newCodesText') : t('removeText')}</Text>
          <PasswordInput label={t('prove')} value={password} onChange={(event) => setPassword(event.currentTarget.value)} autoComplete="current-password" required withAsterisk={false} />
          <TextInput label={t('proveCode')} value={code} onChange={(event) => setCode(event.currentTarget.value)} autoComplete="one-time-code" required withAsterisk={false} />
          {acting.error ? <Failure failure={acting.error} writing /> : null}
          <Button type="submit" loading={acting.isPending} {...(step === 'remove' ? { color: 'red' } : {})}>
            {step === 'renew' ? t('newCodes') : t('remove')}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const { t } = useAccountWords();
  const text = codes.join('\n');
  return (
    <Stack>
      <Text size="sm">{t('keepCodesText')}</Text>
      <SimpleGrid cols={2} spacing="xs">
        {codes.map((each) => (
          <Code key={each} ta="center" fz="sm">
            {each}
          </Code>
        ))}
      </SimpleGrid>
      <Group grow>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? t('copied') : t('copy')}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" component="a" href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`} download="puntal-recovery-codes.txt">
          {t('download')}
        </Button>
      </Group>
      <Button onClick={onClose}>{t('kept')}</Button>
    </Stack>
  );
}

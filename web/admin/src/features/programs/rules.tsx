// What members earn, as cards with a sentence each.
import { Badge, Progress, Stack, Text } from '@mantine/core';
import { api } from '@api';
import { said, type Document } from '@shared/draft/document';
import { Line, Section } from '@shared/draft/lines';
import type { Draft, Told } from '@shared/draft/state';
import { whole } from '@shared/format';
import { useMay } from '@shared/session';
import { useProgramWords } from './words';

const capital = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

interface Props {
  program: string;
  draft: Draft;
  told: Told | undefined;
  onEdit: (place: string) => void;
}

export default function Rules({ program, draft, told, onEdit }: Props) {
  const { t, language } = useProgramWords();
  const { document } = draft;
  const shared = { program, draft, told, onEdit };
  const earning = document.earning ?? [];
  const campaigns = (document.campaigns ?? []).filter((campaign) => (campaign.earning ?? []).length > 0);
  return (
    <>
      <Section title={t('earning')} about={t('earningAbout')} add={t('addRule')} onAdd={() => onEdit('/earning/+')}>
        <Stack gap="xs">
          {earning.length === 0 ? <Nothing text={t('noRules')} /> : null}
          {earning.map((rule) => (
            <Line key={rule.id} {...shared} place={`/earning/${rule.id}`} name={said(rule.label, language, rule.id)} stops="rule" />
          ))}
          {campaigns.flatMap((campaign) =>
            (campaign.earning ?? []).map((rule) => (
              <Line
                key={rule.id}
                {...shared}
                place={`/campaigns/${campaign.id}/earning/${rule.id}`}
                name={said(rule.label, language, rule.id)}
                stops="rule"
                badge={
                  <Badge variant="light" size="sm" tt="none">
                    {t('ofCampaign', { name: said(campaign.label, language, campaign.id) })}
                  </Badge>
                }
              />
            )),
          )}
        </Stack>
      </Section>
      <Section title={t('wallets')} about={t('walletsAbout')} add={t('addWallet')} onAdd={() => onEdit('/wallets/+')}>
        <Stack gap="xs">
          {Object.entries(document.wallets).map(([id, wallet]) => (
            <Line key={id} {...shared} place={`/wallets/${id}`} name={capital(said(wallet.label, language, id))} stops="wallet" />
          ))}
        </Stack>
      </Section>
      <Section title={t('tiers')} about={t('tiersAbout')} add={t('addLadder')} onAdd={() => onEdit('/ladders/+')}>
        <Stack gap="xs">
          {(document.ladders ?? []).length === 0 ? <Nothing text={t('noTiers')} /> : null}
          {(document.ladders ?? []).map((ladder, index) => (
            <Line
              key={ladder.id}
              {...shared}
              place={`/ladders/${ladder.id}`}
              name={ladder.tiers.map((tier) => said(tier.name, language, tier.id)).join(' → ')}
              words={told?.sentences.filter((each) => each.path.startsWith(`/ladders/${index}/`)).map((each) => each.words).join(' ')}
            />
          ))}
        </Stack>
      </Section>
      <Limits {...shared} document={document} />
    </>
  );
}

function Limits({ document, ...shared }: Props & { document: Document }) {
  const { t, language } = useProgramWords();
  const limits = Object.keys(document.limits ?? {});
  const may = useMay();
  const budgets = api.useQuery('get', '/v1/programs/{program}/reports/budgets', { params: { path: { program: shared.program } } }, { enabled: may('reports:read'), retry: false });
  return (
    <Section title={t('limits')} about={t('limitsAbout')} add={t('addLimit')} onAdd={() => shared.onEdit('/limits/+')}>
      <Stack gap="xs">
        {limits.length === 0 && (budgets.data?.items.length ?? 0) === 0 ? <Nothing text={t('noLimits')} /> : null}
        {limits.map((id) => (
          <Line key={id} {...shared} place={`/limits/${id}`} name={id} />
        ))}
        {(budgets.data?.items ?? []).map((each) => (
          <div key={`${each.budget} ${each.measure}`}>
            <Text size="sm">
              {each.budget} ·{' '}
              <Text span c="dimmed" size="sm">
                {t('budgetLeft', { used: whole(each.used, language), most: whole(each.most, language), share: each.share })}
              </Text>
            </Text>
            <Progress value={each.share} color={each.share >= 100 ? 'red' : each.share >= 80 ? 'orange' : 'puntal'} aria-label={each.budget} mt={4} />
          </div>
        ))}
      </Stack>
    </Section>
  );
}

export function Nothing({ text }: { text: string }) {
  return (
    <Text size="sm" c="dimmed">
      {text}
    </Text>
  );
}

import { words } from '@shared/words';

export const useImpactWords = words(
  'impact',
  {
    title: 'What it would have cost', about: 'Runs what is published and the draft over the same events of the last days, member by member, and shows only what differs.',
    period: 'Period', days: 'Last {{count}} days', run: 'See the impact', again: 'Run again', waiting: 'Waiting …', running: '{{done}} of {{total}} events', stop: 'Stop',
    same: 'Nothing would have been different in {{events}} events.',
    costMore: 'The draft would have cost {{cost}} more.', costLess: 'The draft would have cost {{cost}} less.', costSame: 'The draft would have cost the same.',
    people_one: 'One member would notice.', people_other: '{{differing}} members would notice.', moved: '{{up}} would reach a higher tier, {{down}} a lower one.',
    costNow: 'Cost as published', costThen: 'Cost with the draft', looked: 'Looked at', events_one: 'one event', events_other: '{{n}} events',
    rule: 'Rule', now: 'Published', draft: 'Draft', difference: 'Difference', closing: 'Balances at the end · {{wallet}}',
    tiers: 'Tiers', tierMove_one: 'One member would be in {{to}} instead of {{from}}.', tierMove_other: '{{n}} members would be in {{to}} instead of {{from}}.',
    winners: 'Who would gain most', losers: 'Who would lose most', nobody: 'Nobody', member: 'Member {{n}}',
  },
  {
    title: 'Lo que habría costado', about: 'Pasa lo publicado y el borrador por los mismos eventos de los últimos días, miembro a miembro, y muestra solo lo que difiere.',
    period: 'Periodo', days: 'Últimos {{count}} días', run: 'Ver el impacto', again: 'Calcular otra vez', waiting: 'Esperando…', running: '{{done}} de {{total}} eventos', stop: 'Parar',
    same: 'Nada habría sido distinto en {{events}} eventos.',
    costMore: 'El borrador habría costado {{cost}} más.', costLess: 'El borrador habría costado {{cost}} menos.', costSame: 'El borrador habría costado lo mismo.',
    people_one: 'Un miembro lo notaría.', people_other: '{{differing}} miembros lo notarían.', moved: '{{up}} llegarían a un nivel más alto y {{down}} a uno más bajo.',
    costNow: 'Coste de lo publicado', costThen: 'Coste con el borrador', looked: 'Se han mirado', events_one: 'un evento', events_other: '{{n}} eventos',
    rule: 'Regla', now: 'Publicado', draft: 'Borrador', difference: 'Diferencia', closing: 'Saldos al final · {{wallet}}',
    tiers: 'Niveles', tierMove_one: 'Un miembro estaría en {{to}} en vez de {{from}}.', tierMove_other: '{{n}} miembros estarían en {{to}} en vez de {{from}}.',
    winners: 'Quién ganaría más', losers: 'Quién perdería más', nobody: 'Nadie', member: 'Miembro {{n}}',
  },
);

// Words of the settings: who did what; the actions themselves are in audit.words.
import type { WordsOf } from '@shared/words';

export const en = {
  auditAbout: 'Who did what, and when. Nothing here can be changed or deleted.',
  whichLog: 'Which log',
  logOfProgram: 'This program',
  logOfOrganization: 'Team and keys',
  auditFilter: 'Every action',
  noAction: 'No action is called that',
  anybody: 'Anybody',
  noPerson: 'Nobody is called that',
  logRevision: 'Revision {{number}}',
  logDraft: 'The draft',
  logMember: 'See the member',
  logModes: { stop_new: 'nothing new from then on', stop_and_void: 'what was given and unused is void too' },
  logDays: '{{count}} days',
  logStore: 'at {{store}}',
  system: 'Puntal itself',
  byLink: 'Somebody with the link',
  noAudit: 'Nothing found',
  noAuditText: 'What people and keys do appears here.',
};

export const es: WordsOf<typeof en> = {
  auditAbout: 'Quién hizo qué y cuándo. Nada de esto se puede cambiar ni borrar.',
  whichLog: 'Qué registro',
  logOfProgram: 'Este programa',
  logOfOrganization: 'Equipo y claves',
  auditFilter: 'Todas',
  noAction: 'Ninguna acción se llama así',
  anybody: 'Cualquiera',
  noPerson: 'Nadie se llama así',
  logRevision: 'Revisión {{number}}',
  logDraft: 'El borrador',
  logMember: 'Ver al miembro',
  logModes: { stop_new: 'nada nuevo desde entonces', stop_and_void: 'también se anula lo dado y sin usar' },
  logDays: '{{count}} días',
  logStore: 'en {{store}}',
  system: 'El propio Puntal',
  byLink: 'Alguien con el enlace',
  noAudit: 'No se encontró nada',
  noAuditText: 'Lo que hacen personas y claves aparece aquí.',
};

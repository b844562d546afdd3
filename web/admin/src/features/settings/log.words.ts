// Words of the settings: who did what; the actions themselves are in audit.words.
import type { WordsOf } from '@shared/words';

export const en = {
  auditAbout: 'Who did what, and when. Nothing here can be changed or deleted.',
  whichLog: 'Which log',
  logOfProgram: 'This program',
  logOfOrganization: 'Team and keys',
  auditFilter: 'Action, such as key.created',
  system: 'Puntal itself',
  noAudit: 'Nothing found',
  noAuditText: 'What people and keys do appears here.',
};

export const es: WordsOf<typeof en> = {
  auditAbout: 'Quién hizo qué y cuándo. Nada de esto se puede cambiar ni borrar.',
  whichLog: 'Qué registro',
  logOfProgram: 'Este programa',
  logOfOrganization: 'Equipo y claves',
  auditFilter: 'Acción, como key.created',
  system: 'El propio Puntal',
  noAudit: 'No se encontró nada',
  noAuditText: 'Lo que hacen personas y claves aparece aquí.',
};

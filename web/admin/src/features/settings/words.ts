// Words of the settings: what several of their pages say is here, the rest beside the page that says it.
import { words, type WordsOf } from '@shared/words';
import * as approvals from './approvals.words';
import * as exports from './exports.words';
import * as fourEyes from './four-eyes.words';
import * as imports from './imports.words';
import * as jobs from './jobs.words';
import * as keys from './keys.words';
import * as log from './log.words';
import * as people from './people.words';
import * as roles from './roles.words';
import * as sso from './sso.words';
import * as stores from './stores.words';
import * as webhooks from './webhooks.words';

const en = {
  subjects: 'Settings',
  people: 'People',
  roles: 'Roles',
  stores: 'Stores',
  approvals: 'Approvals',
  keys: 'API keys',
  webhooks: 'Webhooks',
  imports: 'Imports',
  audit: 'Log',
  done: 'Done',
  save: 'Save',
  saved: 'Saved',
  cancel: 'Cancel',
  change: 'Change',
  see: 'See',
  seeAndChange: 'See and change',
  remove: 'Remove',
  name: 'Name',
  email: 'E-mail',
  language: 'Language',
  actions: 'Actions',
  actionsFor: 'Actions for {{name}}',
  moreActions: 'More',
  copy: 'Copy',
  copied: 'Copied',
  copyExample: 'Copy example',
  example: 'Try it: this line works as it is.',
  gone: 'This was done before, and the secret was shown then. Secrets are not kept: make a new one.',
  state: 'State',
  allOfThem: 'All',
  when: 'When',
  what: 'What',
  who: 'Who',
};

const es: WordsOf<typeof en> = {
  subjects: 'Ajustes',
  people: 'Personas',
  roles: 'Roles',
  stores: 'Tiendas',
  approvals: 'Aprobaciones',
  keys: 'Claves de API',
  webhooks: 'Webhooks',
  imports: 'Importaciones',
  audit: 'Registro',
  done: 'Listo',
  save: 'Guardar',
  saved: 'Guardado',
  cancel: 'Cancelar',
  change: 'Cambiar',
  see: 'Ver',
  seeAndChange: 'Ver y cambiar',
  remove: 'Eliminar',
  name: 'Nombre',
  email: 'Correo electrónico',
  language: 'Idioma',
  actions: 'Acciones',
  actionsFor: 'Acciones para {{name}}',
  moreActions: 'Más',
  copy: 'Copiar',
  copied: 'Copiado',
  copyExample: 'Copiar ejemplo',
  example: 'Pruébalo: esta línea funciona tal cual.',
  gone: 'Esto ya se hizo y el secreto se mostró entonces. Los secretos no se guardan: crea uno nuevo.',
  state: 'Estado',
  allOfThem: 'Todo',
  when: 'Cuándo',
  what: 'Qué',
  who: 'Quién',
};

type Merged<Sets> = Sets extends readonly [infer First, ...infer Rest] ? First & Merged<Rest> : object;
type Twice<Sets, Known = never> = Sets extends readonly [infer First, ...infer Rest] ? (keyof First & Known) | Twice<Rest, Known | keyof First> : never;

/** Several sets as one. A key that two of them have would lose its first words, so the types refuse it by its name. */
function together<Sets extends readonly object[]>(...sets: Sets) {
  return Object.assign({}, ...sets) as [Twice<Sets>] extends [never] ? Merged<Sets> : Twice<Sets>;
}

export const useSettingsWords = words(
  'settings',
  together(en, people.en, roles.en, stores.en, keys.en, approvals.en, fourEyes.en, sso.en, webhooks.en, imports.en, jobs.en, exports.en, log.en),
  together(es, people.es, roles.es, stores.es, keys.es, approvals.es, fourEyes.es, sso.es, webhooks.es, imports.es, jobs.es, exports.es, log.es),
);

// Words of the settings: bringing in what happened before.
import type { WordsOf } from '@shared/words';

export const en = {
  importsAbout: 'Bring in what happened before Puntal: orders and refunds of past years, decided as if they happened then.',
  membersElsewhere: 'Members are brought in from a file of your spreadsheet where they are listed.',
  toMembers: 'Import members',
  importText: 'A file with one event per line, as the API takes them (JSON Lines). Bringing the same file in twice changes nothing.',
  file: 'File',
  chooseFile: 'Choose a file',
  clearFile: 'Take the file away',
  setClock: 'Let the program’s clock go on from the end of this history',
  setClockText: 'For trying out: then nothing of it is expired at once. Leave it for a live program.',
  import: 'Import',
  imported: 'The file was read',
  importedText: '{{events}} events, of which {{known}} were known before; {{nights}} nights were performed in between.',
  refusedLines_one: 'One event was not taken in:',
  refusedLines_other: '{{count}} events were not taken in; the first of them:',
  refusedLine: '{{id}}: {{why}}',
};

export const es: WordsOf<typeof en> = {
  importsAbout: 'Trae lo que pasó antes de Puntal: pedidos y devoluciones de años anteriores, decididos como si fuera entonces.',
  membersElsewhere: 'Los miembros se importan de un fichero de tu hoja de cálculo desde su lista.',
  toMembers: 'Importar miembros',
  importText: 'Un archivo con un evento por línea, como los acepta la API (JSON Lines). Traer el mismo archivo dos veces no cambia nada.',
  file: 'Archivo',
  chooseFile: 'Elige un archivo',
  clearFile: 'Quitar el archivo',
  setClock: 'Que el reloj del programa siga desde el final de esta historia',
  setClockText: 'Para probar: así nada caduca de golpe. Déjalo sin marcar en un programa real.',
  import: 'Importar',
  imported: 'Se leyó el archivo',
  importedText: '{{events}} eventos, de los que {{known}} ya se conocían; entre ellos se hicieron {{nights}} noches.',
  refusedLines_one: 'Un evento no se aceptó:',
  refusedLines_other: '{{count}} eventos no se aceptaron; los primeros:',
  refusedLine: '{{id}}: {{why}}',
};

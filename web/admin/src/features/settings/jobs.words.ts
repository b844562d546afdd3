// Words of the settings: long work under way and done.
import type { WordsOf } from '@shared/words';

export const en = {
  jobs: 'Jobs',
  jobsAbout: 'Long work under way and done: exports, imports, simulations and batches of codes. It goes on when you leave the page; the bell tells you when yours is over.',
  underWay: 'Under way',
  result: 'Result',
  endedAt: 'Ended',
  noJobs: 'No long work yet',
  noJobsNow: 'Nothing is under way',
  noJobsText: 'Exports, imports, simulations and batches of codes appear here, with how far each has got.',
  jobCancelled: 'Given up',
  download: 'Download',
};

export const es: WordsOf<typeof en> = {
  jobs: 'Tareas',
  jobsAbout: 'Lo que tarda, en marcha y terminado: exportaciones, importaciones, simulaciones y lotes de códigos. Sigue aunque salgas de la página; la campana avisa cuando termina lo tuyo.',
  underWay: 'En marcha',
  result: 'Resultado',
  endedAt: 'Terminó',
  noJobs: 'Aún no hay tareas',
  noJobsNow: 'No hay nada en marcha',
  noJobsText: 'Aquí salen exportaciones, importaciones, simulaciones y lotes de códigos, con cuánto lleva cada uno.',
  jobCancelled: 'Abandonada',
  download: 'Descargar',
};

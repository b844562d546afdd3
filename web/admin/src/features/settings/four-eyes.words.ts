// Words of the settings: what takes two people.
import type { WordsOf } from '@shared/words';

export const en = {
  fourEyes: 'What takes two people',
  twoPublish: 'publishing the program',
  twoBatch: 'batches of more than {{most}} codes',
  twoLoad: 'loads of more than {{most}}',
  twoAdjust: 'adjustments above a role’s limit',
  eyesPublish: 'Publishing the program',
  eyesPublishText: 'Also publishing an old version again. A kill switch never waits.',
  eyesBatch: 'Batches of more codes than',
  eyesLoad: 'Loads of a money wallet above ({{currency}})',
  eyesIssue: 'Issuing more vouchers at once than',
  eyesCard: 'Selling gift cards above ({{currency}})',
  eyesPayout: 'Paying out more than ({{currency}})',
  twoIssue: 'issuing more than {{most}} vouchers at once',
  twoCard: 'gift cards above {{most}}',
  twoPayout: 'paying out more than {{most}}',
  eyesNever: 'never',
  eyesAdjust: 'How much one adjustment may move alone is set with each role.',
};

export const es: WordsOf<typeof en> = {
  fourEyes: 'Lo que requiere dos personas',
  twoPublish: 'publicar el programa',
  twoBatch: 'lotes de más de {{most}} códigos',
  twoLoad: 'cargas de más de {{most}}',
  twoAdjust: 'ajustes por encima del límite de un rol',
  eyesPublish: 'Publicar el programa',
  eyesPublishText: 'También volver a publicar una versión anterior. Un interruptor de emergencia nunca espera.',
  eyesBatch: 'Lotes de más códigos que',
  eyesLoad: 'Cargas de un monedero de dinero por encima de ({{currency}})',
  eyesIssue: 'Emitir de una vez más vales que',
  eyesCard: 'Vender tarjetas regalo por encima de ({{currency}})',
  eyesPayout: 'Devolver más de ({{currency}})',
  twoIssue: 'emitir más de {{most}} vales de una vez',
  twoCard: 'tarjetas regalo de más de {{most}}',
  twoPayout: 'devolver más de {{most}}',
  eyesNever: 'nunca',
  eyesAdjust: 'Cuánto puede mover un ajuste a solas se fija en cada rol.',
};

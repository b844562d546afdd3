// Words of the settings: what waits for a second person.
import type { WordsOf } from '@shared/words';

export const en = {
  approvalsAbout: 'What is above somebody’s limit waits here for a second person. Nobody approves their own request.',
  whatIsAsked: 'Asked for',
  askedBy: '{{name}}, {{when}}',
  waiting: 'Waiting',
  approved: 'Approved',
  declined: 'Declined',
  expired: 'Lapsed',
  approve: 'Approve',
  decline: 'Decline',
  approveTitle: 'Approve this?',
  approveText: 'It is done at once, in your name and that of who asked.',
  declineTitle: 'Decline this?',
  declineText: 'Nothing is done. Who asked sees that you declined.',
  decided: 'Decided',
  noApprovals: 'Nothing waits',
  noApprovalsText: 'When somebody asks for more than their role may do alone, it appears here.',
};

export const es: WordsOf<typeof en> = {
  approvalsAbout: 'Lo que supera el límite de alguien espera aquí a una segunda persona. Nadie aprueba lo que pidió.',
  whatIsAsked: 'Se pide',
  askedBy: '{{name}}, {{when}}',
  waiting: 'En espera',
  approved: 'Aprobada',
  declined: 'Rechazada',
  expired: 'Caducada',
  approve: 'Aprobar',
  decline: 'Rechazar',
  approveTitle: '¿Aprobar esto?',
  approveText: 'Se hace enseguida, en tu nombre y en el suyo.',
  declineTitle: '¿Rechazar esto?',
  declineText: 'No se hace nada. Quien lo pidió ve que lo rechazaste.',
  decided: 'Decidido',
  noApprovals: 'Nada en espera',
  noApprovalsText: 'Cuando alguien pide más de lo que su rol permite a solas, aparece aquí.',
};

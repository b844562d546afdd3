import { words } from '@shared/words';

export const useMemberWords = words(
  'members',
  {
    title: 'Members',
    about: 'Everybody in this program: who she is, what she holds and everything that happened to her.',
    search: 'Search by name',
    name: 'Name',
    status: 'Status',
    since: 'Since',
    none: 'Nobody here',
    noneText: 'Members appear with their first order, when they enrol, or when you import them.',
  },
  {
    title: 'Socios',
    about: 'Todas las personas de este programa: quiénes son, qué tienen y todo lo que les ha pasado.',
    search: 'Buscar por nombre',
    name: 'Nombre',
    status: 'Estado',
    since: 'Desde',
    none: 'No hay nadie',
    noneText: 'Los socios aparecen con su primer pedido, cuando se inscriben o cuando los importas.',
  },
);

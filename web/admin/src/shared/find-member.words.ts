import { words } from './words';

export const useFindWords = words(
  'find-member',
  {
    nobody: 'Nobody found',
    noName: 'No name',
    status: { active: 'Active', guest: 'Guest', paused: 'Paused', blocked: 'Blocked', left: 'Left', erased: 'Erased', merged: 'Merged' },
  },
  {
    nobody: 'No se encontró a nadie',
    noName: 'Sin nombre',
    status: { active: 'Activo', guest: 'Invitado', paused: 'En pausa', blocked: 'Bloqueado', left: 'De baja', erased: 'Borrado', merged: 'Fusionado' },
  },
);

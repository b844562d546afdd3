// Words of the settings: what a role may do.
import type { WordsOf } from '@shared/words';

export const en = {
  rolesAbout: 'A role says what its people may do. The server asks at every step; hidden buttons are only a courtesy.',
  newRole: 'New role',
  ownRole: 'Your own',
  permissions: 'May',
  permissionsOf: '{{count}} of {{total}} permissions',
  permissionsHere: '{{count}} permissions',
  noAdjustLimit: 'adjusts without limit',
  adjustLimit: 'Most one adjustment moves alone',
  adjustLimitText: 'In points (or cents of a money wallet). What is more waits for a second person. Empty: no limit.',
  adjustLimitOf: 'adjusts up to {{most}} alone',
  roleId: 'Short name',
  roleIdText: 'Small letters, digits and _; for example shift_lead.',
  roleIdFault: 'Begin with a small letter; then small letters, digits and _, 40 at most.',
  builtInText: 'What a built-in role may do is fixed; its limit is yours to set.',
  removeRole: 'Remove the role {{name}}?',
  removeRoleText: 'Only a role that nobody has can be removed.',
};

export const es: WordsOf<typeof en> = {
  rolesAbout: 'Un rol dice lo que pueden hacer sus personas. El servidor lo comprueba en cada paso; ocultar botones es solo cortesía.',
  newRole: 'Rol nuevo',
  ownRole: 'Propio',
  permissions: 'Puede',
  permissionsOf: '{{count}} de {{total}} permisos',
  permissionsHere: '{{count}} permisos',
  noAdjustLimit: 'ajusta sin límite',
  adjustLimit: 'Lo máximo que mueve un ajuste a solas',
  adjustLimitText: 'En puntos (o céntimos de un monedero de dinero). Lo que pase de ahí espera a otra persona. Vacío: sin límite.',
  adjustLimitOf: 'ajusta hasta {{most}} a solas',
  roleId: 'Nombre corto',
  roleIdText: 'Minúsculas, cifras y _; por ejemplo jefa_turno.',
  roleIdFault: 'Empieza por minúscula; después minúsculas, cifras y _, 40 como mucho.',
  builtInText: 'Lo que puede un rol de serie es fijo; su límite lo pones tú.',
  removeRole: '¿Eliminar el rol {{name}}?',
  removeRoleText: 'Solo se elimina un rol que nadie tiene.',
};

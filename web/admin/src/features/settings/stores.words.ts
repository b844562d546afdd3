// Words of the settings: where cashiers work.
import type { WordsOf } from '@shared/words';

export const en = {
  storesAbout: 'The places where cashiers work. Sales of a till carry its store, so that you see what each place does.',
  newStore: 'New store',
  noStores: 'No stores yet',
  noStoresText: 'Add one before you invite cashiers: each works in a store.',
  storeId: 'Short name',
  storeIdText: 'What the orders of its tills carry. It never changes; empty, it is made of the name.',
  peopleThere: 'People',
  closed: 'Closed',
  close: 'Close',
  rename: 'Rename',
  reopen: 'Open again',
  closeStore: 'Close {{name}}?',
  closeStoreText_one: 'One person works there and cannot use the till until you move them. Past sales stay.',
  closeStoreText_other: '{{count}} people work there and cannot use the till until you move them. Past sales stay.',
};

export const es: WordsOf<typeof en> = {
  storesAbout: 'Los lugares donde se trabaja en caja. Las ventas llevan su tienda, y así ves lo que hace cada lugar.',
  newStore: 'Tienda nueva',
  noStores: 'Aún no hay tiendas',
  noStoresText: 'Añade una antes de invitar a personal de caja: cada persona trabaja en una.',
  storeId: 'Nombre corto',
  storeIdText: 'Lo que llevan los pedidos de sus cajas. No cambia nunca; vacío, sale del nombre.',
  peopleThere: 'Personas',
  closed: 'Cerrada',
  close: 'Cerrar',
  rename: 'Cambiar el nombre',
  reopen: 'Reabrir',
  closeStore: '¿Cerrar {{name}}?',
  closeStoreText_one: 'Allí trabaja una persona que no podrá usar la caja hasta que la cambies. Las ventas pasadas se quedan.',
  closeStoreText_other: 'Allí trabajan {{count}} personas que no podrán usar la caja hasta que las cambies. Las ventas pasadas se quedan.',
};

import { words } from '@shared/words';
import { en } from './words.en';
import { es } from './words.es';

export const useOneWords = words('member', en, es);

import { words } from '@shared/words';

export const useAccessWords = words(
  'access',
  {
    title: 'Sign in',
    about: 'With the account that the owner of this program made for you.',
    email: 'E-mail',
    password: 'Password',
    code: 'Code of your authenticator app',
    enter: 'Sign in',
  },
  {
    title: 'Iniciar sesión',
    about: 'Con la cuenta que te creó la persona responsable de este programa.',
    email: 'Correo electrónico',
    password: 'Contraseña',
    code: 'Código de tu aplicación de autenticación',
    enter: 'Entrar',
  },
);

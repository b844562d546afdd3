// "/": to the program one was in last, else the first one may open; for cashiers to the till.
import { useMe } from '@shared/session';
import { Navigate } from '@tanstack/react-router';

export function Front() {
  const me = useMe();
  const first = me.data?.programs[0];
  return first === undefined ? null : <Navigate to="/p/$program" params={{ program: first.slug }} replace />;
}

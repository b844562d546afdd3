// "/": to the first program one may open; where there is none, to making one.
import { useMe } from '@shared/session';
import { Navigate } from '@tanstack/react-router';

export function Front() {
  const me = useMe();
  const first = me.data?.programs[0];
  if (me.data === undefined) {
    return null;
  }
  return first === undefined ? <Navigate to="/start" replace /> : <Navigate to="/p/$program" params={{ program: first.slug }} replace />;
}

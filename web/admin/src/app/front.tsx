// "/": to the first program one may open.
import { useMe } from '@shared/session';
import { Navigate } from '@tanstack/react-router';

export function Front() {
  const me = useMe();
  const first = me.data?.programs[0];
  return first === undefined ? null : <Navigate to="/p/$program/members" params={{ program: first.slug }} replace />;
}

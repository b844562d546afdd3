// Conditions, built by clicking. Loaded when one is first shown: nothing here belongs to the first page.
import { Waiting } from '@shared/ui';
import { lazy, Suspense } from 'react';
import type { ConditionsProps } from './model';

export type { Checked, ConditionsProps, Place, Written } from './model';

const Builder = lazy(() => import('./builder'));

/*
 * The visual builder of one condition, with the condition in words below it.
 *
 *   <Conditions program="club" of="segment" value={when} onChange={setWhen} onCheck={setChecked} />
 *
 * `value` and `onChange` speak the short form of the program document; `null` is no condition. Values in JSONLogic are
 * shown too and become the short form with the first change. `onCheck` hears what the server says of each state, so
 * that a form knows whether it may be saved.
 */
export function Conditions(props: ConditionsProps) {
  return (
    <Suspense fallback={<Waiting rows={3} height={36} />}>
      <Builder {...props} />
    </Suspense>
  );
}

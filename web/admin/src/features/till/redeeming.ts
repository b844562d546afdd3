// Redeeming what was chosen: at once, or kept on the device where there is no connection.
import { api, newKey, type Schemas } from '@api';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { Keeping } from './kept';
import type { Action } from './till';

type Body = Schemas['TillRedeemIn'];

interface Redeeming<Thing> {
  program: string;
  online: boolean;
  onDone: (action: Action) => void;
  onKeep: Keeping['keep'];
  /** What of a thing the server is told. */
  words: (thing: Thing) => Pick<Body, 'member_id' | 'reward' | 'voucher_id'>;
  /** Whose it is and what it is, for the list of what is kept. */
  told: (thing: Thing) => [who: string, what: string];
}

export function useRedeeming<Thing>({ program, online, onDone, onKeep, words, told }: Redeeming<Thing>) {
  // The id is made with the choice: however often the button is pressed, it is one redemption.
  const [chosen, setChosen] = useState<{ thing: Thing; id: string } | null>(null);
  const redeem = api.useMutation('post', '/v1/programs/{program}/till/redeem', {
    onSuccess: (action) => {
      setChosen(null);
      onDone(action);
    },
  });
  const body = (one: { thing: Thing; id: string }) => ({ id: one.id, hold: false, note: '', ...words(one.thing) });
  const later = useMutation({
    networkMode: 'always',
    mutationFn: (one: { thing: Thing; id: string }) => onKeep({ kind: 'redeem', at: new Date().toISOString(), ...body(one) }, ...told(one.thing)),
    onSuccess: () => setChosen(null),
  });
  return {
    chosen: chosen?.thing,
    choose: (thing: Thing) => setChosen({ thing, id: newKey() }),
    /** What the dialog that asks is given. */
    asking: {
      opened: chosen !== null,
      busy: redeem.isPending || later.isPending,
      failure: redeem.error ?? later.error,
      onConfirm: () => {
        if (chosen !== null && online) {
          redeem.mutate({ params: { path: { program } }, body: body(chosen) });
        } else if (chosen !== null) {
          later.mutate(chosen);
        }
      },
      onClose: () => {
        redeem.reset();
        later.reset();
        setChosen(null);
      },
    },
  };
}

// A hand-held reader is a keyboard that types faster than people can and ends with Enter. What it reads is whom to serve
// next, wherever the focus is; amounts and everything else are typed by hand, at the pace of a hand.
import { useEffect, useRef } from 'react';

/** Longest pause between two keys of a reader. People who type fast need about twice as long for each. */
const GAP_MS = 60;
const LEAST = 4;
/** So many figures in a row at that pace are no amount; letters never are. */
const LEAST_FIGURES = 6;
const AMOUNT = /^\d+[.,]\d{1,3}$/;
const ENDS = new Set(['Enter', 'Tab']);

/** Marks a field that takes what a reader reads itself: that of who is served, and the number of a receipt. */
export const READS_ITSELF = { 'data-reads-itself': true };

function isRead(keys: string): boolean {
  return keys.length >= (/^\d*$/.test(keys) ? LEAST_FIGURES : LEAST) && !AMOUNT.test(keys);
}

/** Whether the key goes to a field that wants all of it: one that says so, or one of a dialog, where it may be a password. */
function isElsewhere(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[data-reads-itself], [role=dialog] input, [role=dialog] textarea') !== null;
}

/** Writes into a field as if it had been typed, so that whoever watches it hears of it. */
function write(field: HTMLInputElement, text: string): void {
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, text);
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Calls back with what a reader typed; the Enter at its end presses nothing, and what it typed into is as before. */
export function useReader(onRead: (read: string) => void): void {
  const heard = useRef(onRead);
  useEffect(() => {
    heard.current = onRead;
  });
  useEffect(() => {
    let keys = '';
    let last = -Infinity;
    let into: { field: HTMLInputElement; text: string } | null = null;
    const hear = (event: KeyboardEvent): void => {
      if (event.key === 'Shift' || event.key === 'CapsLock') {
        return;
      }
      const isFast = event.timeStamp - last <= GAP_MS;
      last = event.timeStamp;
      const before = isFast ? keys : '';
      keys = '';
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing || isElsewhere(event.target)) {
        return;
      }
      if (event.key.length === 1) {
        keys = before + event.key;
        if (before === '') {
          into = event.target instanceof HTMLInputElement ? { field: event.target, text: event.target.value } : null;
        }
      } else if (ENDS.has(event.key) && isRead(before)) {
        event.preventDefault();
        event.stopPropagation();
        if (into?.field.isConnected) {
          write(into.field, into.text);
        }
        // Behind an open question nobody is served; what it would have pressed stays unpressed.
        if (document.querySelector('[aria-modal=true]') === null) {
          heard.current(before);
        }
      }
    };
    window.addEventListener('keydown', hear, { capture: true });
    return () => window.removeEventListener('keydown', hear, { capture: true });
  }, []);
}

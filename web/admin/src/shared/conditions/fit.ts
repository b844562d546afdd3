// Inputs of a question stand side by side where there is room, and fill the line where there is not.
import type { CSSProperties } from 'react';

export function fit(width: number): CSSProperties {
  return { flex: `1 1 ${width}px`, maxWidth: width + 80 };
}

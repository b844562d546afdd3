// The browser's formats, each made once: making one takes longer than writing a thousand numbers with it.
const numbersMade = new Map<string, Intl.NumberFormat>();
const datesMade = new Map<string, Intl.DateTimeFormat>();

function once<Format>(made: Map<string, Format>, language: string, options: object, make: () => Format): Format {
  const key = `${language} ${JSON.stringify(options)}`;
  const found = made.get(key) ?? make();
  made.set(key, found);
  return found;
}

export function numbers(language: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  return once(numbersMade, language, options, () => new Intl.NumberFormat(language, options));
}

export function dates(language: string, options: Intl.DateTimeFormatOptions = {}): Intl.DateTimeFormat {
  return once(datesMade, language, options, () => new Intl.DateTimeFormat(language, options));
}

// Reading tables people export from spreadsheets: commas, semicolons or tabs, with quotes; in whatever letters; workbooks too.

export interface Table {
  rows: string[][];
  /** What parts the cells, so that what goes back is opened by the same spreadsheet. */
  separator: string;
}

/** The file is no table: a workbook that is too old to be read here, or damaged. */
export class UnreadableError extends Error {}

const MARK = '\uFEFF';
const SEPARATORS = [',', ';', '\t'];

/**
 * The rows of a file of a spreadsheet. Excel saves CSV in the letters of the computer: what is no UTF-8 is Western.
 *
 * @throws UnreadableError
 */
export async function readFile(file: File): Promise<Table> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const begins = (...signs: number[]): boolean => signs.every((sign, at) => bytes[at] === sign);
  if (begins(0xd0, 0xcf, 0x11, 0xe0)) {
    throw new UnreadableError(file.name);
  }
  if (begins(0x50, 0x4b)) {
    try {
      const { readWorkbook } = await import('./workbook');
      return { rows: filled(await readWorkbook(bytes)), separator: ',' };
    } catch {
      throw new UnreadableError(file.name);
    }
  }
  const letters = begins(0xff, 0xfe) ? 'utf-16le' : begins(0xfe, 0xff) ? 'utf-16be' : 'utf-8';
  try {
    return readTable(new TextDecoder(letters, { fatal: true }).decode(bytes));
  } catch {
    return readTable(new TextDecoder('windows-1252').decode(bytes));
  }
}

/** The rows of a text; the separator is the one its first line says, or has most of. */
export function readTable(text: string): Table {
  const said = /^\uFEFF?sep=(.)\r?\n/i.exec(text);
  const plain = text.replace(said?.[0] ?? MARK, '');
  const first = plain.slice(0, plain.search(/[\r\n]|$/));
  const separator = said?.[1] ?? [...SEPARATORS].sort((one, other) => first.split(other).length - first.split(one).length)[0] ?? ',';
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < plain.length; at += 1) {
    const sign = plain[at] ?? '';
    if (quoted) {
      if (sign === '"' && plain[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else if (sign === '"') {
        quoted = false;
      } else {
        cell += sign;
      }
    } else if (sign === '"' && cell === '') {
      quoted = true;
    } else if (sign === separator) {
      row.push(cell);
      cell = '';
    } else if (sign === '\n' || sign === '\r') {
      if (sign === '\r' && plain[at + 1] === '\n') {
        at += 1;
      }
      rows.push([...row, cell]);
      row = [];
      cell = '';
    } else {
      cell += sign;
    }
  }
  if (cell !== '' || row.length > 0) {
    rows.push([...row, cell]);
  }
  return { rows: filled(rows), separator };
}

function filled(rows: string[][]): string[][] {
  return rows.filter((each) => each.some((one) => one.trim() !== ''));
}

/** A table as a file that spreadsheets open with its accents; a cell that they would calculate is led by an apostrophe. */
export function writeTable(rows: readonly (readonly string[])[], separator = ','): string {
  const cell = (text: string): string => {
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",;\t\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return `${MARK}${rows.map((row) => row.map(cell).join(separator)).join('\r\n')}\r\n`;
}

/** Hands a text to the person as a file. */
export function saveFile(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

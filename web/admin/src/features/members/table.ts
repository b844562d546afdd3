// Reading tables people export from spreadsheets: commas, semicolons or tabs, in whatever letters; workbooks too.

export interface Table {
  rows: string[][];
  /** What parts the cells, so that what goes back is opened by the same spreadsheet. */
  separator: string;
}

/** The file is no table: a workbook that is too old to be read here, or damaged. */
export class UnreadableError extends Error {}

const MARK = '\uFEFF';
const SEPARATORS = [',', ';', '\t'];
const MIDNIGHT = 'T00:00:00';

/**
 * The rows of a file of a spreadsheet. Excel saves CSV in the letters of the computer: what is no UTF-8 is Western.
 *
 * @throws UnreadableError
 */
export async function readFile(file: File): Promise<Table> {
  const bytes = await file.arrayBuffer();
  const head = new Uint8Array(bytes.slice(0, 4));
  const begins = (...signs: number[]): boolean => signs.every((sign, at) => head[at] === sign);
  if (begins(0xd0, 0xcf, 0x11, 0xe0)) {
    throw new UnreadableError(file.name);
  }
  if (begins(0x50, 0x4b)) {
    return { rows: await readWorkbook(file.name, bytes), separator: ',' };
  }
  const letters = begins(0xff, 0xfe) ? 'utf-16le' : begins(0xfe, 0xff) ? 'utf-16be' : 'utf-8';
  try {
    return await readTable(new TextDecoder(letters, { fatal: true }).decode(bytes));
  } catch {
    return readTable(new TextDecoder('windows-1252').decode(bytes));
  }
}

/** The first sheet of an Excel workbook as text. Days and times are written as ISO 8601, without a zone. */
async function readWorkbook(name: string, bytes: ArrayBuffer): Promise<string[][]> {
  const { readSheet } = await import('read-excel-file/universal');
  try {
    const rows = await readSheet(bytes);
    return rows.map((row) => row.map(written)).filter((row) => row.some((one) => one !== ''));
  } catch {
    throw new UnreadableError(name);
  }
}

function written(value: unknown): string {
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? '' : value.toISOString().slice(0, 19).replace(MIDNIGHT, '');
  }
  return value === null || value === undefined ? '' : String(value).trim();
}

/** The rows of a text; the separator is the one its first line says, or what parts its cells best. */
async function readTable(text: string): Promise<Table> {
  const { default: papa } = await import('papaparse');
  const said = /^\uFEFF?sep=(.)\r?\n/i.exec(text);
  const plain = text.replace(said?.[0] ?? MARK, '');
  const { data, meta } = papa.parse<string[]>(plain, { delimiter: said?.[1] ?? '', delimitersToGuess: SEPARATORS, skipEmptyLines: 'greedy' });
  return { rows: data, separator: meta.delimiter };
}

/** A table as a file that spreadsheets open with its accents; a cell that they would calculate is led by an apostrophe. */
export async function writeTable(rows: string[][], separator: string): Promise<string> {
  const { default: papa } = await import('papaparse');
  return `${MARK}${papa.unparse(rows, { delimiter: separator, escapeFormulae: true })}\r\n`;
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

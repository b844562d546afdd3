// The first sheet of an Excel workbook as text: a zip of XML, read with what the browser has.

interface Part {
  method: number;
  from: number;
  size: number;
}

const DAY_MS = 86_400_000;
/** Day 0 of a workbook's days, and of those that were made on an old Macintosh. */
const EPOCH = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);
const DEFLATED = 8;

/** The rows of the first sheet. Days and times are written as ISO 8601, without a zone. */
export async function readWorkbook(bytes: Uint8Array<ArrayBuffer>): Promise<string[][]> {
  const parts = partsOf(bytes);
  const read = async (name: string): Promise<Document | null> => {
    const part = parts.get(name);
    return part === undefined ? null : new DOMParser().parseFromString(await inflated(bytes, part), 'application/xml');
  };
  const [book, links, strings, styles] = await Promise.all(
    ['xl/workbook.xml', 'xl/_rels/workbook.xml.rels', 'xl/sharedStrings.xml', 'xl/styles.xml'].map(read),
  );
  const sheet = await read(firstSheet(book ?? null, links ?? null));
  if (!book || !sheet) {
    throw new RangeError('no sheet');
  }
  const epoch = /^(1|true)$/.test(all(book, 'workbookPr')[0]?.getAttribute('date1904') ?? '') ? EPOCH_1904 : EPOCH;
  const shared = strings ? all(strings, 'si').map(textIn) : [];
  const dated = styles ? datedStyles(styles) : [];
  return all(sheet, 'row').map((row) => {
    const cells: string[] = [];
    for (const cell of all(row, 'c')) {
      const at = columnOf(cell.getAttribute('r')) ?? cells.length;
      while (cells.length < at) {
        cells.push('');
      }
      cells[at] = valueOf(cell, shared, dated, epoch);
    }
    return cells;
  });
}

function valueOf(cell: Element, shared: string[], dated: boolean[], epoch: number): string {
  const value = all(cell, 'v')[0]?.textContent ?? '';
  switch (cell.getAttribute('t')) {
    case 's':
      return shared[Number(value)] ?? '';
    case 'inlineStr':
      return textIn(cell);
    case 'b':
      return value === '1' ? 'true' : 'false';
    case 'str':
    case 'd':
      return value;
    case 'e':
      return '';
    default:
      return value === '' ? '' : dated[Number(cell.getAttribute('s') ?? 0)] ? instant(Number(value), epoch) : String(Number(value));
  }
}

function instant(days: number, epoch: number): string {
  const at = new Date(epoch + Math.round(days * DAY_MS));
  if (Number.isNaN(at.getTime())) {
    return String(days);
  }
  const text = at.toISOString().slice(0, 19);
  return days % 1 === 0 ? text.slice(0, 10) : text;
}

/** Which styles show a number as a day: those of Excel's own, and whose pattern has a day, a month, a year. */
function datedStyles(styles: Document): boolean[] {
  const patterns = new Map(all(styles, 'numFmt').map((each) => [each.getAttribute('numFmtId'), each.getAttribute('formatCode') ?? '']));
  const cells = all(styles, 'cellXfs')[0];
  return (cells ? all(cells, 'xf') : []).map((each) => {
    const id = each.getAttribute('numFmtId');
    const pattern = patterns.get(id)?.replace(/"[^"]*"|\[[^\]]*\]|\\./g, '');
    const number = Number(id);
    return pattern === undefined ? (number >= 14 && number <= 17) || number === 22 : /[dy]/i.test(pattern);
  });
}

function firstSheet(book: Document | null, links: Document | null): string {
  const wanted = (book && all(book, 'sheet')[0])?.getAttributeNS('http://schemas.openxmlformats.org/officeDocument/2006/relationships', 'id');
  const target = links ? all(links, 'Relationship').find((each) => each.getAttribute('Id') === wanted)?.getAttribute('Target') : null;
  return target ? (target.startsWith('/') ? target.slice(1) : `xl/${target}`) : 'xl/worksheets/sheet1.xml';
}

function all(inside: Document | Element, name: string): Element[] {
  return [...inside.getElementsByTagNameNS('*', name)];
}

/** The words of a text, without how they are pronounced. */
function textIn(element: Element): string {
  return all(element, 't')
    .filter((each) => each.parentElement?.localName !== 'rPh')
    .map((each) => each.textContent ?? '')
    .join('');
}

/** From `AB7` to 27. */
function columnOf(place: string | null): number | undefined {
  const letters = /^[A-Z]+/.exec(place ?? '')?.[0];
  return letters === undefined ? undefined : [...letters].reduce((sum, each) => sum * 26 + each.charCodeAt(0) - 64, 0) - 1;
}

/** What is in a zip, as its list at the end says. */
function partsOf(bytes: Uint8Array<ArrayBuffer>): Map<string, Part> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) {
    end -= 1;
  }
  const parts = new Map<string, Part>();
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0 && view.getUint32(at, true) === 0x02014b50; left -= 1) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [number, number, number];
    const local = view.getUint32(at + 42, true);
    parts.set(new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name)), {
      method: view.getUint16(at + 10, true),
      from: local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true),
      size: view.getUint32(at + 20, true),
    });
    at += 46 + name + extra + comment;
  }
  return parts;
}

async function inflated(bytes: Uint8Array<ArrayBuffer>, { method, from, size }: Part): Promise<string> {
  const packed = bytes.subarray(from, from + size);
  return method === DEFLATED ? new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).text() : new TextDecoder().decode(packed);
}

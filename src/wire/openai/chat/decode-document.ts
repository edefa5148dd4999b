// Documents inside a message: OpenAI's `file` part and BRClient's `doc` part.
import type { DocumentBlock, DocumentFormat } from '../../../canonical/content.ts';
import { type DataUrl, normaliseBase64, parseDataUrl } from '../../base64.ts';
import { invalidValue, missingParameter, oneOf, unsupportedValue } from '../../refusals.ts';
import { isPdf } from '../../sniff-media.ts';
import type { ContentPart } from './schema-messages.ts';

const FORMATS = ['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'] as const;

const FORMAT_BY_TYPE: Readonly<Record<string, DocumentFormat>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/csv': 'csv',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/markdown': 'md',
};
const FORMAT_BY_ENDING: Readonly<Record<string, DocumentFormat>> = {
  ...Object.fromEntries(FORMATS.map((format) => [format, format])),
  htm: 'html',
  markdown: 'md',
};

/**
 * @param path of the part
 * @throws Refusal with the path of what cannot be taken
 */
export function decodeFile({ file }: ContentPart, path: string): DocumentBlock {
  if (file === undefined) throw missingParameter(`${path}.file`);
  const { file_data: text, file_id: id, filename } = file;
  if (id !== undefined && id !== null) {
    throw unsupportedValue(`${path}.file.file_id`, 'names an uploaded file, and this gateway keeps none');
  }
  const place = `${path}.file.file_data`;
  if (text === undefined || text === null) throw missingParameter(place);
  const data = dataOf(text);
  if (data === null) throw invalidValue(place, 'expected base64, alone or in a data URL');
  const format = formatOf(data, filename ?? '');
  if (format === null) {
    throw invalidValue(place, `the document's type is not known. Supported are: ${FORMATS.join(', ')}`);
  }
  if (format === 'pdf' && !isPdf(data.base64)) throw invalidValue(place, 'the data is no PDF');
  return { kind: 'document', format, name: filename ?? null, base64: data.base64, path: place };
}

/** @throws Refusal with the path of what cannot be taken */
export function decodeDoc({ doc }: ContentPart, path: string): DocumentBlock {
  if (doc === undefined) throw missingParameter(`${path}.doc`);
  const format = oneOf(`${path}.doc.format`, doc.format.toLowerCase(), FORMATS);
  const place = `${path}.doc.source.bytes`;
  const base64 = bytesOf(doc.source.bytes);
  if (base64 === null) throw invalidValue(place, 'expected bytes: base64 or numbers from 0 to 255');
  if (format === 'pdf' && !isPdf(base64)) throw invalidValue(place, 'the data is no PDF');
  return { kind: 'document', format, name: doc.name ?? null, base64, path: place };
}

function dataOf(text: string): DataUrl | null {
  if (/^data:/i.test(text)) return parseDataUrl(text);
  const base64 = normaliseBase64(text);
  return base64 === null ? null : { mediaType: '', base64 };
}

/** A PDF says itself what it is; of the others the media type counts, then the name. */
function formatOf({ mediaType, base64 }: DataUrl, filename: string): DocumentFormat | null {
  if (isPdf(base64)) return 'pdf';
  const ending = filename.slice(filename.lastIndexOf('.') + 1).toLowerCase();
  return own(FORMAT_BY_TYPE, mediaType) ?? own(FORMAT_BY_ENDING, ending) ?? null;
}

function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

/** JSON makes `{"0":37,"1":80}` of a Uint8Array, which is what BRClient sends. */
function bytesOf(bytes: unknown): string | null {
  if (typeof bytes === 'string') return normaliseBase64(bytes);
  if (typeof bytes !== 'object' || bytes === null) return null;
  const values: unknown[] = Object.values(bytes);
  if (values.length === 0 || !values.every(isByte)) return null;
  return Buffer.from(values).toString('base64');
}

function isByte(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}

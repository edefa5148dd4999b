// Images and files that stand in a part, as blocks of the house. Their bytes stay base64: nobody here looks into them
// beyond the first few characters.
import type { DocumentBlock, DocumentFormat, ImageBlock, ImageFormat } from '../../../canonical/content.ts';
import { invalidValue, missingParameter, unsupportedValue } from '../../refusals.ts';
import type { ContentPart } from './schema.ts';

const NO_FILES = 'cannot be sent, because this gateway stores no files';

/** How each format begins, in base64; it is believed before what the client says. */
const IMAGE_BEGINNINGS: readonly (readonly [string, ImageFormat])[] = [
  ['iVBORw0KGgo', 'png'],
  ['/9j/', 'jpeg'],
  ['R0lGOD', 'gif'],
  ['UklGR', 'webp'],
];

const IMAGE_FORMATS: Readonly<Record<string, ImageFormat>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

const DOCUMENT_FORMATS: Readonly<Record<string, DocumentFormat>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/markdown': 'md',
};
const EXTENSIONS: ReadonlySet<string> = new Set([...Object.values(DOCUMENT_FORMATS)]);

/** @throws Refusal with the path of the member to blame */
export function decodeImage(part: ContentPart, path: string): ImageBlock {
  if (isGiven(part.file_id)) throw unsupportedValue(`${path}.file_id`, NO_FILES);
  const url = part.image_url;
  if (!isGiven(url)) throw missingParameter(`${path}.image_url`);
  if (/^https:\/\//i.test(url)) return { kind: 'image', source: { kind: 'url', url }, path };
  const data = readDataUrl(url);
  if (data === null)
    throw invalidValue(`${path}.image_url`, 'expected an https URL or a base64 data URL of an image');
  const begun = IMAGE_BEGINNINGS.find(([beginning]) => data.base64.startsWith(beginning));
  const format = begun?.[1] ?? memberOf(IMAGE_FORMATS, data.mediaType);
  if (format === undefined)
    throw unsupportedValue(`${path}.image_url`, 'must be a PNG, JPEG, GIF or WebP image');
  return { kind: 'image', source: { kind: 'bytes', format, base64: data.base64 }, path };
}

/** @throws Refusal with the path of the member to blame */
export function decodeFile(part: ContentPart, path: string): DocumentBlock {
  if (isGiven(part.file_id)) throw unsupportedValue(`${path}.file_id`, NO_FILES);
  if (isGiven(part.file_url))
    throw unsupportedValue(`${path}.file_url`, 'is not fetched by this gateway: send the file as file_data');
  if (!isGiven(part.file_data)) throw missingParameter(`${path}.file_data`);
  const name = part.filename ?? null;
  const data = readDataUrl(part.file_data) ?? readBareBase64(part.file_data);
  if (data === null) throw invalidValue(`${path}.file_data`, 'expected a base64 data URL');
  const format = memberOf(DOCUMENT_FORMATS, data.mediaType) ?? formatOfName(name);
  if (format === undefined) {
    const known = [...EXTENSIONS].join(', ');
    throw unsupportedValue(`${path}.file_data`, `is of no kind that can be read here (${known})`);
  }
  return { kind: 'document', format, name, base64: data.base64, path };
}

interface Data {
  /** Lower case; empty: none was named. */
  mediaType: string;
  base64: string;
}

/** Null: it is no base64 data URL. */
function readDataUrl(url: string): Data | null {
  const comma = url.indexOf(',');
  const head = /^data:([^;]*)(?:;[^;]*)*;base64$/i.exec(url.slice(0, Math.min(comma, 256)));
  const base64 = url.slice(comma + 1);
  if (comma === -1 || head === null || !isBase64(base64)) return null;
  return { mediaType: (head[1] ?? '').trim().toLowerCase(), base64 };
}

/** Some clients leave the head of the data URL out; the file's name must then say what it is. */
function readBareBase64(text: string): Data | null {
  return isBase64(text) ? { mediaType: '', base64: text } : null;
}

function isBase64(text: string): boolean {
  return text !== '' && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

function formatOfName(name: string | null): DocumentFormat | undefined {
  const extension = name?.split('.').at(-1)?.toLowerCase();
  return Object.values(DOCUMENT_FORMATS).find((format) => format === extension);
}

function memberOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function isGiven(value: string | null | undefined): value is string {
  return value !== undefined && value !== null && value !== '';
}

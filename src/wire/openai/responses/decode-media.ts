// Images and files that stand in a part, as blocks of the house. Their bytes stay base64: nobody here looks into them
// beyond the first few characters.
import type { DocumentBlock, DocumentFormat, ImageBlock } from '../../../canonical/content.ts';
import { normaliseBase64, parseDataUrl } from '../../base64.ts';
import { invalidValue, missingParameter, unsupportedValue } from '../../refusals.ts';
import { isPdf, sniffImage } from '../../sniff-media.ts';
import type { ContentPart } from './schema.ts';

const NO_FILES = 'cannot be sent, because this gateway stores no files';

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
  const data = parseDataUrl(url);
  if (data === null)
    throw invalidValue(`${path}.image_url`, 'expected an https URL or a base64 data URL of an image');
  // What the bytes are counts, not what the URL calls them.
  const format = sniffImage(data.base64);
  if (format === null) throw invalidValue(`${path}.image_url`, 'the data is no PNG, JPEG, GIF or WebP image');
  return { kind: 'image', source: { kind: 'bytes', format, base64: data.base64 }, path };
}

/** @throws Refusal with the path of the member to blame */
export function decodeFile(part: ContentPart, path: string): DocumentBlock {
  if (isGiven(part.file_id)) throw unsupportedValue(`${path}.file_id`, NO_FILES);
  if (isGiven(part.file_url))
    throw unsupportedValue(`${path}.file_url`, 'is not fetched by this gateway: send the file as file_data');
  if (!isGiven(part.file_data)) throw missingParameter(`${path}.file_data`);
  const name = part.filename ?? null;
  const data = readFile(part.file_data);
  if (data === null) throw invalidValue(`${path}.file_data`, 'expected a base64 data URL');
  const format = isPdf(data.base64)
    ? 'pdf'
    : (memberOf(DOCUMENT_FORMATS, data.mediaType) ?? formatOfName(name));
  if (format === undefined) {
    const known = [...EXTENSIONS].join(', ');
    throw unsupportedValue(`${path}.file_data`, `is of no kind that can be read here (${known})`);
  }
  if (format === 'pdf' && !isPdf(data.base64)) throw invalidValue(`${path}.file_data`, 'the data is no PDF');
  return { kind: 'document', format, name, base64: data.base64, path };
}

/** Some clients leave the head of the data URL out; the file's name must then say what it is. */
function readFile(text: string): { mediaType: string; base64: string } | null {
  if (/^data:/i.test(text)) return parseDataUrl(text);
  const base64 = normaliseBase64(text);
  return base64 === null ? null : { mediaType: '', base64 };
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

// The rules of Converse for images and documents, per message. Bedrock Runtime API reference: Message, ImageBlock,
// DocumentBlock.
import { invalid } from './errors.ts';
import { isObject, type JsonObject } from './json.ts';

export interface MediaRules {
  /** Of the message, so far. */
  images: number;
  documents: number;
  /** Names of the documents of the whole conversation. */
  names: Set<string>;
  /** Claude and Nova take PDFs to larger limits of their own. */
  takesLargePdfs: boolean;
}

const IMAGE_FORMATS = ['png', 'jpeg', 'gif', 'webp'];
const DOCUMENT_FORMATS = ['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'];
const MAX_IMAGES = 20;
const MAX_DOCUMENTS = 5;
const MAX_IMAGE_BYTES = 3.75 * 1024 * 1024;
const MAX_DOCUMENT_BYTES = 4.5 * 1024 * 1024;
const NAME = /^(?!.*\s\s)[a-zA-Z0-9\s\-()[\]]{1,200}$/;

export function validateImage(value: unknown, at: string, media: MediaRules): void {
  const image: JsonObject = isObject(value) ? value : {};
  requireFormat(image.format, at, IMAGE_FORMATS);
  media.images += 1;
  if (media.images > MAX_IMAGES) throw invalid(`The message at ${at} has more than ${MAX_IMAGES} images.`);
  if (bytesOf(image.source, at) > MAX_IMAGE_BYTES) {
    throw invalid(`The model returned the following errors: ${at}: image exceeds 3.75 MB maximum`);
  }
}

export function validateDocument(value: unknown, at: string, media: MediaRules): void {
  const document: JsonObject = isObject(value) ? value : {};
  requireFormat(document.format, at, DOCUMENT_FORMATS);
  media.documents += 1;
  if (media.documents > MAX_DOCUMENTS) {
    throw invalid(`The number of documents in the request exceeds the maximum of ${MAX_DOCUMENTS}.`);
  }
  const { name } = document;
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw invalid(
      'The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can’t contain more than one consecutive whitespace character.',
    );
  }
  if (media.names.has(name)) throw invalid('The documents in the messages cannot have duplicate names.');
  media.names.add(name);
  const isUnlimited = document.format === 'pdf' && media.takesLargePdfs;
  if (bytesOf(document.source, at) > MAX_DOCUMENT_BYTES && !isUnlimited) {
    throw invalid(`The document at ${at} exceeds the maximum size of 4.5 MB.`);
  }
}

function requireFormat(format: unknown, at: string, formats: readonly string[]): void {
  if (typeof format === 'string' && formats.includes(format)) return;
  throw invalid(
    `1 validation error detected: Value '${String(format)}' at '${at}.format' failed to satisfy constraint: Member must satisfy enum value set: [${formats.join(', ')}]`,
  );
}

/** Decoded, of `source.bytes`; other sources have no size here. */
function bytesOf(source: unknown, at: string): number {
  const bytes = isObject(source) ? source.bytes : undefined;
  if (!isObject(source) || Object.keys(source).length !== 1) {
    throw invalid(`The source object at ${at} must set exactly one key.`);
  }
  if (bytes === undefined) return 0;
  if (typeof bytes !== 'string' || bytes === '') throw invalid(`The bytes at ${at} are empty or no base64.`);
  return Buffer.byteLength(bytes, 'base64');
}

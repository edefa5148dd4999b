// Images, documents and search results.
import type { DocumentBlock, ImageBlock, SearchResultBlock } from '../../canonical/content.ts';
import { normaliseBase64 } from '../base64.ts';
import { invalidValue, notOneOf, unsupportedValue, unsupportedWord } from '../refusals.ts';
import { isPdf, sniffImage } from '../sniff-media.ts';
import { decodeCacheControl } from './decode-cache-control.ts';
import { decodeTexts } from './decode-text.ts';
import type { Fields } from './fields.ts';
import type { Notes } from './notes.ts';

/** `image/jpg` is not registered, and many write it. */
const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/jpg'];

export function decodeImage(block: Fields, notes: Notes): ImageBlock {
  const source = block.fields('source');
  if (block.has('transformations')) notes.drop('transformations');
  return {
    kind: 'image',
    source: decodeImageSource(source),
    path: source.path,
    ...decodeCacheControl(block, notes),
  };
}

function decodeImageSource(source: Fields): ImageBlock['source'] {
  const type = source.text('type');
  if (type === 'url') return { kind: 'url', url: httpsUrl(source) };
  if (type === 'file') throw noFiles(source);
  if (type !== 'base64') throw notOneOf(source.at('type'), type, ['base64', 'url']);
  const mediaType = source.text('media_type');
  if (!IMAGE_TYPES.includes(mediaType)) throw notOneOf(source.at('media_type'), mediaType, IMAGE_TYPES);
  const base64 = base64Of(source);
  // What the bytes are counts, not what the client calls them.
  const format = sniffImage(base64);
  if (format === null) throw invalidValue(source.at('data'), 'the data is no PNG, JPEG, GIF or WebP image');
  return { kind: 'bytes', format, base64 };
}

function base64Of(source: Fields): string {
  const base64 = normaliseBase64(source.text('data'));
  if (base64 === null) throw invalidValue(source.at('data'), 'expected base64');
  return base64;
}

/** Fetched before the request is admitted, where that is allowed. */
function httpsUrl(source: Fields): string {
  const url = source.text('url');
  if (!/^https:\/\//i.test(url)) throw invalidValue(source.at('url'), 'expected an https URL');
  return url;
}

export function decodeDocument(block: Fields, notes: Notes): DocumentBlock {
  const source = block.fields('source');
  const context = block.textOr('context', null);
  return {
    kind: 'document',
    ...decodeDocumentSource(source, notes),
    name: block.textOr('title', null),
    ...(context !== null && { context }),
    ...(wantsCitations(block) && { wantsCitations: true }),
    path: source.path,
    ...decodeCacheControl(block, notes),
  };
}

function decodeDocumentSource(
  source: Fields,
  notes: Notes,
): Pick<DocumentBlock, 'format' | 'base64' | 'passages' | 'url'> {
  const type = source.text('type');
  switch (type) {
    case 'base64':
      requireMediaType(source, 'application/pdf');
      return { format: 'pdf', base64: pdfOf(source) };
    case 'text':
      requireMediaType(source, 'text/plain');
      return { format: 'txt', base64: toBase64(source.visibleText('data')) };
    case 'content':
      return { format: 'txt', ...decodePassages(source, notes) };
    case 'url':
      // Only PDFs can be named so; fetched where that is allowed, before the request is admitted.
      return { format: 'pdf', base64: '', url: httpsUrl(source) };
    case 'file':
      throw noFiles(source);
    default:
      throw notOneOf(source.at('type'), type, ['base64', 'text', 'content', 'url']);
  }
}

function pdfOf(source: Fields): string {
  const base64 = base64Of(source);
  if (!isPdf(base64)) throw invalidValue(source.at('data'), 'the data is no PDF');
  return base64;
}

function requireMediaType(source: Fields, expected: string): void {
  const mediaType = source.text('media_type');
  if (mediaType !== expected) throw notOneOf(source.at('media_type'), mediaType, [expected]);
}

/** A plain text of paragraphs, too, for models that know no passages. */
function decodePassages(source: Fields, notes: Notes): Pick<DocumentBlock, 'base64' | 'passages'> {
  const content = source.raw('content');
  if (Array.isArray(content)) {
    const image = content.findIndex((part) => part?.type === 'image');
    if (image !== -1) throw unsupportedWord(`${source.at('content')}.${image}.type`, 'image');
  }
  const passages = decodeTexts(content, source.at('content'), notes).map(({ text }) => text);
  const text = passages.join('\n\n');
  if (text === '') throw invalidValue(source.at('content'), 'expected text that is not empty');
  return { base64: toBase64(text), passages };
}

export function decodeSearchResult(block: Fields, notes: Notes): SearchResultBlock {
  const content = decodeTexts(block.list('content'), block.at('content'), notes);
  return {
    kind: 'search-result',
    source: block.text('source'),
    title: block.text('title'),
    texts: content.map(({ text }) => text),
    wantsCitations: wantsCitations(block),
    ...decodeCacheControl(block, notes),
  };
}

function wantsCitations(block: Fields): boolean {
  return block.has('citations') && block.fields('citations').flag('enabled') === true;
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function noFiles(source: Fields) {
  return unsupportedValue(source.path, 'cannot be a file of the Files API: send it as base64');
}

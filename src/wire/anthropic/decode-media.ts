// Images, documents and search results.
import type { DocumentBlock, ImageBlock, ImageFormat, SearchResultBlock } from '../../canonical/content.ts';
import { invalidValue, notOneOf, unsupportedValue, unsupportedWord } from '../refusals.ts';
import { decodeCacheControl } from './decode-cache-control.ts';
import { decodeTexts } from './decode-text.ts';
import type { Fields } from './fields.ts';
import type { Notes } from './notes.ts';

const IMAGE_FORMATS: ReadonlyMap<string, ImageFormat> = new Map<string, ImageFormat>([
  ['image/jpeg', 'jpeg'],
  // No such type is registered, and many write it.
  ['image/jpg', 'jpeg'],
  ['image/png', 'png'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
]);

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
  if (type === 'url') return { kind: 'url', url: source.visibleText('url') };
  if (type === 'file') throw noFiles(source);
  if (type !== 'base64') throw notOneOf(source.at('type'), type, ['base64', 'url']);
  const mediaType = source.text('media_type');
  const format = IMAGE_FORMATS.get(mediaType);
  if (format === undefined) throw notOneOf(source.at('media_type'), mediaType, [...IMAGE_FORMATS.keys()]);
  return { kind: 'bytes', format, base64: source.visibleText('data') };
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

function decodeDocumentSource(source: Fields, notes: Notes): Pick<DocumentBlock, 'format' | 'base64'> {
  const type = source.text('type');
  switch (type) {
    case 'base64':
      requireMediaType(source, 'application/pdf');
      return { format: 'pdf', base64: source.visibleText('data') };
    case 'text':
      requireMediaType(source, 'text/plain');
      return { format: 'txt', base64: toBase64(source.visibleText('data')) };
    case 'content':
      return { format: 'txt', base64: toBase64(joinContent(source, notes)) };
    case 'url':
      throw unsupportedValue(source.path, 'cannot be a URL: send the document itself');
    case 'file':
      throw noFiles(source);
    default:
      throw notOneOf(source.at('type'), type, ['base64', 'text', 'content']);
  }
}

function requireMediaType(source: Fields, expected: string): void {
  const mediaType = source.text('media_type');
  if (mediaType !== expected) throw notOneOf(source.at('media_type'), mediaType, [expected]);
}

/** Bedrock has documents of bytes only: the passages become the paragraphs of a plain one. */
function joinContent(source: Fields, notes: Notes): string {
  const content = source.raw('content');
  if (Array.isArray(content)) {
    const image = content.findIndex((part) => part?.type === 'image');
    if (image !== -1) throw unsupportedWord(`${source.at('content')}.${image}.type`, 'image');
  }
  const text = decodeTexts(content, source.at('content'), notes)
    .map((block) => block.text)
    .join('\n\n');
  if (text === '') throw invalidValue(source.at('content'), 'expected text that is not empty');
  return text;
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

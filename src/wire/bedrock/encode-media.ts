// Images and documents as Converse takes them. Formats have been checked by the dialects; sizes, numbers and what the
// model can see are checked here.
import type { DocumentBlock, ImageBlock } from '../../canonical/content.ts';
import { Refusal } from '../../canonical/refusal.ts';
import type { DocumentContent, ImageContent } from './converse-body.ts';
import type { DocumentNames } from './document-names.ts';
import { type Encoding, isVisible } from './encoding.ts';

/** What one message holds so far; tool results count with the message they stand in. */
export interface MediaCount {
  images: number;
  documents: number;
}

// Bedrock Runtime API reference, Message: per message.
const MAX_IMAGES = 20;
const MAX_IMAGE_BYTES = 3.75 * 1024 * 1024;
const MAX_DOCUMENTS = 5;
const MAX_DOCUMENT_BYTES = 4.5 * 1024 * 1024;

/** @throws Refusal with the image's path */
export function encodeImage(block: ImageBlock, encoding: Encoding, count: MediaCount): ImageContent {
  const { source, path } = block;
  if (encoding.capabilities.imageInput === false) throw unsupported(path, 'This model does not take images.');
  if (source.kind === 'url') throw unsupported(path, 'Remote images are not enabled.');
  count.images += 1;
  if (count.images > MAX_IMAGES) throw invalid(path, `A message may have at most ${MAX_IMAGES} images.`);
  checkSize(source.base64, { path, what: 'An image', maxBytes: MAX_IMAGE_BYTES });
  return { image: { format: source.format, source: { bytes: source.base64 } } };
}

/** @throws Refusal with the document's path */
export function encodeDocument(
  block: DocumentBlock,
  { encoding, names, count }: { encoding: Encoding; names: DocumentNames; count: MediaCount },
): DocumentContent {
  const { format, base64, context, path } = block;
  if (encoding.capabilities.documentInput === false) {
    throw unsupported(path, 'This model does not take documents.');
  }
  count.documents += 1;
  if (count.documents > MAX_DOCUMENTS) {
    throw invalid(path, `A message may have at most ${MAX_DOCUMENTS} documents.`);
  }
  // Claude and Nova take larger PDFs, to limits of their own.
  const isUnlimited = format === 'pdf' && (encoding.isClaude || encoding.isNova);
  const maxBytes = isUnlimited ? Number.POSITIVE_INFINITY : MAX_DOCUMENT_BYTES;
  checkSize(base64, { path, what: 'A document', maxBytes });
  return {
    document: {
      name: names.next(block.name),
      source: encodeSource(block, encoding),
      format,
      ...(context !== undefined && isVisible(context) && { context }),
      ...(mayCite(block.wantsCitations, encoding) && { citations: { enabled: true } }),
    },
  };
}

/** Passages are Claude's way to cite; to other models they are paragraphs. Blank ones are left out like blank text. */
function encodeSource(
  { base64, passages = [] }: DocumentBlock,
  { isClaude }: Encoding,
): DocumentContent['document']['source'] {
  const content = passages.filter(isVisible).map((text) => ({ text }));
  return isClaude && content.length > 0 ? { content } : { bytes: base64 };
}

/** Reports where citations were wanted and the model has none. */
export function mayCite(wantsCitations: boolean | undefined, { capabilities, dropped }: Encoding): boolean {
  if (wantsCitations !== true) return false;
  if (capabilities.citations === false) dropped.add('citations');
  return capabilities.citations !== false;
}

function checkSize(
  base64: string,
  { path, what, maxBytes }: { path: string; what: string; maxBytes: number },
): void {
  if (base64 === '') throw invalid(path, `${what} must not be empty.`);
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  if (Math.floor((base64.length * 3) / 4) - padding <= maxBytes) return;
  throw invalid(path, `${what} may have at most ${maxBytes / 1024 / 1024} MB.`);
}

function unsupported(param: string, message: string): Refusal {
  return new Refusal('unsupported_value', message, { param });
}

function invalid(param: string, message: string): Refusal {
  return new Refusal('invalid_value', message, { param });
}

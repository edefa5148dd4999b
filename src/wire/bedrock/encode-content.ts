// One block -> Converse content blocks. A block that ends a prefix to be cached is followed by a cache point.
import type {
  CacheLifetime,
  ContentBlock,
  SearchResultBlock,
  ToolResultBlock,
  ToolResultContent,
} from '../../canonical/content.ts';
import { Refusal } from '../../canonical/refusal.ts';
import type {
  CachePoint,
  ConverseContent,
  ConverseMessage,
  SearchResultContent,
  ToolResultPart,
} from './converse-body.ts';
import type { DocumentNames } from './document-names.ts';
import { encodeDocument, encodeImage, type MediaCount, mayCite } from './encode-media.ts';
import { type Encoding, isVisible } from './encoding.ts';
import type { ToolNames } from './tool-names.ts';

export interface ContentContext {
  encoding: Encoding;
  toolNames: ToolNames;
  documentNames: DocumentNames;
  role: ConverseMessage['role'];
  /** Of the message. */
  count: MediaCount;
}

/** A tool's result may not be empty. */
const NO_OUTPUT = '(no output)';

export function cachePoint(lifetime: CacheLifetime): CachePoint {
  return { cachePoint: { type: 'default', ...(lifetime === '1h' && { ttl: '1h' }) } };
}

/** @throws Refusal with the path of what the model does not take, or may not stand here */
export function encodeBlock(block: ContentBlock, context: ContentContext): ConverseContent[] {
  const encoded = encodeOne(block, context);
  const lifetime = cacheAfter(block);
  return lifetime === undefined ? [encoded] : [encoded, cachePoint(lifetime)];
}

/** A cache point cannot stand inside a tool's result, so one that should comes after it. */
function cacheAfter(block: ContentBlock): CacheLifetime | undefined {
  if (block.kind === 'reasoning' || block.kind === 'redacted-reasoning') return undefined;
  if (block.cacheAfter !== undefined || block.kind !== 'tool-result') return block.cacheAfter;
  return block.content.findLast((part) => part.cacheAfter !== undefined)?.cacheAfter;
}

function encodeOne(block: ContentBlock, context: ContentContext): ConverseContent {
  const { encoding, toolNames, role, count } = context;
  switch (block.kind) {
    case 'text':
      return { text: block.text };
    case 'image':
      requireRole(role, 'user', { what: 'Images', path: block.path });
      return encodeImage(block, encoding, count);
    case 'document':
      requireRole(role, 'user', { what: 'Documents', path: block.path });
      return encodeDocument(block, { encoding, names: context.documentNames, count });
    case 'search-result':
      requireRole(role, 'user', { what: 'Search results', path: 'messages' });
      return encodeSearchResult(block, encoding);
    case 'tool-use':
      requireRole(role, 'assistant', { what: 'Tool calls', path: 'messages' });
      return {
        toolUse: { toolUseId: block.id, name: toolNames.encode(block.name), input: block.input },
      };
    case 'tool-result':
      requireRole(role, 'user', { what: 'Tool results', path: block.path });
      return encodeToolResult(block, context);
    case 'reasoning': {
      const { text, signature } = block;
      return {
        reasoningContent: { reasoningText: { text, ...(signature !== null && { signature }) } },
      };
    }
    case 'redacted-reasoning':
      return { reasoningContent: { redactedContent: block.base64 } };
  }
}

function requireRole(
  role: ConverseMessage['role'],
  wanted: ConverseMessage['role'],
  { what, path }: { what: string; path: string },
): void {
  if (role === wanted) return;
  const message = `${what} may only stand in messages of the ${wanted}.`;
  throw new Refusal('invalid_value', message, { param: path });
}

function encodeToolResult(block: ToolResultBlock, context: ContentContext): ConverseContent {
  const { encoding } = context;
  const content = block.content.flatMap((part) => encodePart(part, context));
  const isError = block.isError === true;
  const hasStatus = isError && encoding.capabilities.toolResultStatus !== false;
  if (isError && !hasStatus) encoding.dropped.add('toolResultError');
  return {
    toolResult: {
      toolUseId: block.toolUseId,
      content: content.length > 0 ? content : [{ text: NO_OUTPUT }],
      ...(hasStatus && { status: 'error' as const }),
    },
  };
}

function encodePart(part: ToolResultContent, context: ContentContext): ToolResultPart[] {
  const { encoding, documentNames, count } = context;
  switch (part.kind) {
    case 'text':
      return isVisible(part.text) ? [{ text: part.text }] : [];
    case 'image':
      return [encodeImage(part, encoding, count)];
    case 'document':
      return [encodeDocument(part, { encoding, names: documentNames, count })];
    case 'search-result':
      return [encodeSearchResult(part, encoding)];
  }
}

/** For a model without search results it is text that says the same. */
function encodeSearchResult(
  { source, title, texts, wantsCitations }: SearchResultBlock,
  encoding: Encoding,
): { text: string } | SearchResultContent {
  const visible = texts.filter(isVisible);
  const cites = mayCite(wantsCitations, encoding);
  if (encoding.capabilities.searchResults === false || visible.length === 0) {
    if (cites) encoding.dropped.add('citations');
    return { text: ['Search result', title, source, ...visible].filter(isVisible).join('\n') };
  }
  return {
    searchResult: {
      source,
      title,
      content: visible.map((text) => ({ text })),
      ...(cites && { citations: { enabled: true } }),
    },
  };
}

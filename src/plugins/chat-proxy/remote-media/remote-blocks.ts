// The places of a request where a client named a URL in place of bytes. Pure.
import type {
  ContentBlock,
  DocumentBlock,
  ImageBlock,
  ImageFormat,
  ToolResultContent,
} from '../../../canonical/content.ts';
import type { ChatRequest } from '../../../canonical/request.ts';

export type RemoteBlock =
  | { kind: 'image'; url: string; path: string }
  | { kind: 'document'; url: string; path: string };

export type FetchedBlock =
  | { kind: 'image'; format: ImageFormat; base64: string }
  | { kind: 'document'; base64: string };

type Block = ContentBlock | ToolResultContent;

export function hasRemoteBlocks({ turns }: ChatRequest): boolean {
  return turns.some(({ content }) => content.some(isRemote));
}

/** In the client's order. */
export function remoteBlocksOf({ turns }: ChatRequest): RemoteBlock[] {
  return turns.flatMap(({ content }) => content.flatMap(remoteOf));
}

/** @param fetched in the order of `remoteBlocksOf` */
export function withFetched(request: ChatRequest, fetched: readonly FetchedBlock[]): ChatRequest {
  const rest = [...fetched];
  const fill = <Each extends Block>(block: Each): Each => fillBlock(block, rest);
  return {
    ...request,
    turns: request.turns.map((turn) => ({ ...turn, content: turn.content.map(fill) })),
  };
}

function isRemote(block: Block): boolean {
  if (block.kind === 'tool-result') return block.content.some(isRemote);
  return isRemoteImage(block) || isRemoteDocument(block);
}

function remoteOf(block: Block): RemoteBlock[] {
  if (block.kind === 'tool-result') return block.content.flatMap(remoteOf);
  if (isRemoteImage(block)) return [{ kind: 'image', url: block.source.url, path: block.path }];
  if (isRemoteDocument(block)) return [{ kind: 'document', url: block.url, path: block.path }];
  return [];
}

function fillBlock<Each extends Block>(block: Each, rest: FetchedBlock[]): Each {
  if (block.kind === 'tool-result')
    return { ...block, content: block.content.map((part) => fillBlock(part, rest)) };
  if (!isRemoteImage(block) && !isRemoteDocument(block)) return block;
  const bytes = rest.shift();
  if (bytes?.kind === 'image' && block.kind === 'image') {
    const { format, base64 } = bytes;
    return { ...block, source: { kind: 'bytes', format, base64 } };
  }
  if (bytes?.kind !== 'document') return block;
  return { ...block, base64: bytes.base64, url: undefined };
}

function isRemoteImage(block: Block): block is ImageBlock & { source: { kind: 'url'; url: string } } {
  return block.kind === 'image' && block.source.kind === 'url';
}

function isRemoteDocument(block: Block): block is DocumentBlock & { url: string } {
  return block.kind === 'document' && block.url !== undefined;
}

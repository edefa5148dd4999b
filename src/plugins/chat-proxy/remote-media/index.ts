// Puts bytes into a request in place of the URLs that its client wrote. Runs before admission, once it is known that
// the key may use the model: where a fetch fails, nothing is held and nothing sent upstream.
import { Refusal } from '../../../canonical/refusal.ts';
import type { ChatRequest } from '../../../canonical/request.ts';
import { isPdf, sniffImage } from '../../../wire/sniff-media.ts';
import { FETCH_RULES, FetchFailed, type FetchRules, fetchBytes } from './fetch-bytes.ts';
import {
  type FetchedBlock,
  hasRemoteBlocks,
  type RemoteBlock,
  remoteBlocksOf,
  withFetched,
} from './remote-blocks.ts';
import { createSlots } from './slots.ts';

export type { FetchRules } from './fetch-bytes.ts';

/** In base64 they still fit what a body may hold. */
const MAX_TOTAL_BYTES = 24 * 1024 * 1024;
const MAX_PER_REQUEST = 20;
/** Of the whole process. */
const MAX_AT_ONCE = 16;
/** Of servers that do not know better; the bytes say what it is. */
const UNTYPED: readonly string[] = ['', 'application/octet-stream', 'binary/octet-stream'];

export interface RemoteMedia {
  /** Does it name anything that would have to be fetched? */
  isNeeded(request: ChatRequest): boolean;
  /**
   * The request with the bytes in it.
   *
   * @throws Refusal with the path of what is not fetched, or cannot be
   */
  fill(request: ChatRequest, signal: AbortSignal): Promise<ChatRequest>;
}

export function createRemoteMedia(options: {
  isEnabled: boolean;
  /** Other rules than `FETCH_RULES`, for tests. */
  rules?: Partial<FetchRules> | undefined;
}): RemoteMedia {
  const rules = { ...FETCH_RULES, ...options.rules };
  const slots = createSlots(MAX_AT_ONCE);

  async function fill(request: ChatRequest, signal: AbortSignal): Promise<ChatRequest> {
    const blocks = remoteBlocksOf(request);
    const [first] = blocks;
    if (first === undefined) return request;
    if (!options.isEnabled) throw notAllowed(first);
    const beyond = blocks[MAX_PER_REQUEST];
    if (beyond !== undefined)
      throw refuse(beyond, `at most ${MAX_PER_REQUEST} URLs of a request are fetched`);
    // One that fails ends the others.
    const failed = new AbortController();
    const either = AbortSignal.any([signal, failed.signal]);
    let totalBytes = 0;
    const fetchOne = async (block: RemoteBlock): Promise<FetchedBlock> => {
      try {
        const { bytes, mediaType } = await slots.run(() => fetchBytes(block.url, rules, either));
        totalBytes += bytes.length;
        if (totalBytes > MAX_TOTAL_BYTES) throw new FetchFailed('together the URLs hold too much');
        return judge(block, mediaType, bytes.toString('base64'));
      } catch (error) {
        failed.abort();
        if (error instanceof FetchFailed) throw refuse(block, `it cannot be fetched: ${error.message}`);
        throw error;
      }
    };
    return withFetched(request, await Promise.all(blocks.map(fetchOne)));
  }

  return { isNeeded: hasRemoteBlocks, fill };
}

function judge({ kind }: RemoteBlock, mediaType: string, base64: string): FetchedBlock {
  const isUntyped = UNTYPED.includes(mediaType);
  if (kind === 'document') {
    if ((isUntyped || mediaType === 'application/pdf') && isPdf(base64)) return { kind, base64 };
    throw new FetchFailed('what is there is no PDF');
  }
  const format = isUntyped || mediaType.startsWith('image/') ? sniffImage(base64) : null;
  if (format === null) throw new FetchFailed('what is there is no PNG, JPEG, GIF or WebP image');
  return { kind, format, base64 };
}

function notAllowed({ path }: RemoteBlock): Refusal {
  const message = `Unsupported value: '${path}' is a URL, and this gateway does not fetch any: send the data itself.`;
  return new Refusal('unsupported_value', message, { param: path });
}

function refuse({ path }: RemoteBlock, why: string): Refusal {
  return new Refusal('invalid_value', `Invalid '${path}': ${why}.`, { param: path });
}

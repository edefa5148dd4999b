// Puts bytes into a request in place of the URLs that its client wrote. Runs before admission, once it is known that
// the key may use the model: where a fetch fails, nothing is held and nothing sent upstream.
import { Refusal } from '../../../canonical/refusal.ts';
import type { ChatRequest } from '../../../canonical/request.ts';
import { withTimeLimit } from '../../../lib/time-limit.ts';
import { isPdf, sniffImage } from '../../../wire/sniff-media.ts';
import { FETCH_RULES, type FetchedBytes, FetchFailed, type FetchRules, fetchBytes } from './fetch-bytes.ts';
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
/** Of the whole process, and of one key. */
const MAX_AT_ONCE = 16;
const MAX_AT_ONCE_PER_KEY = MAX_AT_ONCE / 4;
/** Of servers that do not know better; the bytes say what it is. */
const UNTYPED: readonly string[] = ['', 'application/octet-stream', 'binary/octet-stream'];

/** Who asks for it. */
export interface Fetcher {
  keyId: number;
  /** The client has left. */
  signal: AbortSignal;
}

export interface RemoteMedia {
  /**
   * Does it name anything that would have to be fetched?
   *
   * @throws Refusal with the path of what never is
   */
  isNeeded(request: ChatRequest): boolean;
  /**
   * The request with the bytes in it.
   *
   * @throws Refusal with the path of what is not fetched, or cannot be
   */
  fill(request: ChatRequest, by: Fetcher): Promise<ChatRequest>;
}

export function createRemoteMedia(options: {
  isEnabled: boolean;
  /** Other rules than `FETCH_RULES`, for tests. */
  rules?: Partial<FetchRules> | undefined;
}): RemoteMedia {
  const rules = { ...FETCH_RULES, ...options.rules };
  const slots = createSlots({ count: MAX_AT_ONCE, perOwner: MAX_AT_ONCE_PER_KEY });

  async function fill(request: ChatRequest, { keyId, signal }: Fetcher): Promise<ChatRequest> {
    const blocks = wantedOf(request);
    // One that fails ends the others.
    const failed = new AbortController();
    const end = () => failed.abort();
    let totalBytes = 0;
    const fetchOne = async (block: RemoteBlock): Promise<FetchedBlock> => {
      try {
        const { bytes, mediaType } = await fetchInTurn(block, { keyId, signal: failed.signal });
        totalBytes += bytes.length;
        if (totalBytes > MAX_TOTAL_BYTES) throw new FetchFailed('together the URLs hold too much');
        return judge(block, mediaType, bytes.toString('base64'));
      } catch (error) {
        end();
        if (error instanceof FetchFailed) throw refuse(block, `it cannot be fetched: ${error.message}`);
        throw error;
      }
    };
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    try {
      return withFetched(request, await Promise.all(blocks.map(fetchOne)));
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  /** Waiting for a turn is part of the time. */
  function fetchInTurn({ url }: RemoteBlock, { keyId, signal }: Fetcher): Promise<FetchedBytes> {
    return withTimeLimit({ ms: rules.totalMs, signal }, async (deadline) => {
      try {
        return await slots.run({ owner: keyId, signal: deadline }, () => fetchBytes(url, rules, deadline));
      } catch (error) {
        if (error === deadline.reason) throw new FetchFailed('it took too long');
        throw error;
      }
    });
  }

  function wantedOf(request: ChatRequest): RemoteBlock[] {
    const blocks = remoteBlocksOf(request);
    const [first] = blocks;
    if (first !== undefined && !options.isEnabled) throw notAllowed(first);
    const beyond = blocks[MAX_PER_REQUEST];
    if (beyond === undefined) return blocks;
    throw refuse(beyond, `at most ${MAX_PER_REQUEST} URLs of a request are fetched`);
  }

  return {
    isNeeded: (request) => hasRemoteBlocks(request) && wantedOf(request).length > 0,
    fill,
  };
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

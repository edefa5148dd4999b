// Fetches bytes from an https URL that a stranger wrote. The name is resolved once, every address it has is judged,
// and the connection goes to the one that was judged; redirects are not followed.
import { isIP, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { isPublicAddress } from './public-addresses.ts';
import { resolveName } from './resolve-name.ts';

export interface FetchRules {
  connectMs: number;
  /** From the wait for a turn to the last byte. */
  totalMs: number;
  maxBytes: number;
  /** All addresses of a name; gives up with the signal. */
  resolve(name: string, signal: AbortSignal): Promise<readonly string[]>;
  /** May we connect there? */
  isAllowed(address: string): boolean;
  /** Certificates to trust beside the usual ones (PEM). */
  ca?: string | undefined;
}

export const FETCH_RULES: FetchRules = {
  connectMs: 5_000,
  totalMs: 10_000,
  maxBytes: 5 * 1024 * 1024,
  resolve: resolveName,
  isAllowed: isPublicAddress,
};

export interface FetchedBytes {
  /** As the server says, without parameters, in small letters; empty: it does not say. */
  mediaType: string;
  bytes: Buffer;
}

/** Why nothing came, for the client: names no address. */
export class FetchFailed extends Error {}

/** @throws FetchFailed, also when the deadline passes */
export async function fetchBytes(
  url: string,
  rules: FetchRules,
  deadline: AbortSignal,
): Promise<FetchedBytes> {
  const { href, hostname } = parseUrl(url);
  const address = await withDeadline(findAddress(hostname, rules, deadline), deadline);
  const agent = new Agent({
    connect: {
      timeout: rules.connectMs,
      lookup: always(address),
      ...(rules.ca !== undefined && { ca: rules.ca }),
    },
  });
  try {
    return await read(href, agent, { rules, deadline });
  } catch (error) {
    if (error instanceof FetchFailed) throw error;
    if (deadline.aborted) throw new FetchFailed('it took too long');
    throw new FetchFailed('the server cannot be reached over https', { cause: error });
  } finally {
    // Nothing is worth keeping open for a stranger's URL.
    void agent.destroy();
  }
}

async function read(
  url: string,
  agent: Agent,
  { rules, deadline }: { rules: FetchRules; deadline: AbortSignal },
): Promise<FetchedBytes> {
  const { statusCode, headers, body } = await request(url, {
    dispatcher: agent,
    signal: deadline,
    headers: { accept: 'image/*, application/pdf', 'accept-encoding': 'identity' },
  });
  // What is left of a body that nobody wants goes with its connection.
  body.on('error', () => undefined);
  if (statusCode >= 300 && statusCode < 400)
    throw new FetchFailed('the server redirects, which is not followed');
  if (statusCode !== 200) throw new FetchFailed(`the server answers with status ${statusCode}`);
  const tooLarge = `it is larger than ${rules.maxBytes} bytes`;
  if (Number(headers['content-length'] ?? 0) > rules.maxBytes) throw new FetchFailed(tooLarge);
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body) {
    // A body of bytes has no other pieces.
    const bytes = piece as Buffer;
    size += bytes.length;
    if (size > rules.maxBytes) throw new FetchFailed(tooLarge);
    pieces.push(bytes);
  }
  const [mediaType = ''] = String(headers['content-type'] ?? '').split(';');
  return { mediaType: mediaType.trim().toLowerCase(), bytes: Buffer.concat(pieces, size) };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol !== 'https:') throw new FetchFailed('it is not an https URL');
  if (url.username !== '' || url.password !== '') throw new FetchFailed('the URL holds credentials');
  return url;
}

/** One forbidden address among many is reason enough: who answers so wants us there. */
async function findAddress(hostname: string, rules: FetchRules, deadline: AbortSignal): Promise<string> {
  const literal = hostname.replace(/^\[|\]$/g, '');
  const addresses = isIP(literal) === 0 ? await addressesOf(hostname, rules, deadline) : [literal];
  const [first] = addresses;
  if (first === undefined) throw new FetchFailed('its host is not known');
  if (!addresses.every((address) => rules.isAllowed(address)))
    throw new FetchFailed('its host is not on the public network');
  return first;
}

async function addressesOf(
  hostname: string,
  rules: FetchRules,
  deadline: AbortSignal,
): Promise<readonly string[]> {
  try {
    return await rules.resolve(hostname, deadline);
  } catch (error) {
    throw new FetchFailed('its host is not known', { cause: error });
  }
}

/** The work itself goes on, but nobody waits for it. */
async function withDeadline<Value>(work: Promise<Value>, deadline: AbortSignal): Promise<Value> {
  let stopWaiting = (): void => undefined;
  const over = new Promise<never>((_resolve, reject) => {
    stopWaiting = () => reject(new FetchFailed('it took too long'));
  });
  if (deadline.aborted) stopWaiting();
  deadline.addEventListener('abort', stopWaiting, { once: true });
  try {
    return await Promise.race([work, over]);
  } finally {
    deadline.removeEventListener('abort', stopWaiting);
  }
}

/** A name server that gives a connection the address that was judged, and no other. */
function always(address: string): LookupFunction {
  const family = isIP(address);
  return (_hostname, { all }, callback) => {
    if (all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}

// All addresses of a name, asked of the name servers alone: `/etc/hosts` names no public host, and the system's own
// resolver blocks a thread of the process for as long as a stranger's name server likes.
import { promises } from 'node:dns';

const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * IPv4 first. The question is given up with the signal.
 *
 * @param servers other than the system's, for tests
 * @throws what the name server says, or the signal's reason
 */
export async function resolveName(
  name: string,
  signal: AbortSignal,
  servers?: readonly string[],
): Promise<readonly string[]> {
  signal.throwIfAborted();
  const resolver = new promises.Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    signal.throwIfAborted();
    const known = [v4, v6].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (known.length === 0 && v4.status === 'rejected') throw v4.reason;
    return known;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

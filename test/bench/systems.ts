// The systems that are compared, each a process of its own that has started and can be asked.
import { join } from 'node:path';
import { type Child, nextMessage, startServer } from './children.ts';
import { startGateway } from './gateway.ts';

export interface System {
  name: string;
  port: number;
  /** Secrets to send, in turn. */
  keys: string[];
  pid: number;
  /** The postmaster, where there is a database. */
  databasePid: number | null;
}

export interface Settings {
  /** For data and logs; removed at the end. */
  folder: string;
  /** Keys of the second line of the gateway; 0: no such line. */
  keys: number;
  /** Folder for CPU profiles. */
  profile: string | undefined;
  /** Takes what must be stopped at the end, in reverse order. */
  onStart(child: Child): void;
}

const NO_KEY = ['bench'];

export async function startSystems(settings: Settings) {
  const { folder, onStart, profile } = settings;
  const nodeArgs = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];

  async function start(name: string, env: Record<string, string> = {}) {
    const log = join(folder, `${name}.log`);
    const child = startServer(name, { env, log, nodeArgs: name === 'upstream' ? [] : nodeArgs });
    onStart(child);
    const { port } = await nextMessage<{ port: number }>(child, log);
    return { pid: child.pid, port };
  }

  const upstream = await start('upstream');
  const upstreamUrl = `http://127.0.0.1:${upstream.port}`;
  const bare = await start('bare');
  const reference = await start('reference', { UPSTREAM_URL: upstreamUrl });
  const gateway = await startGateway({ folder, upstreamUrl, nodeArgs, onStart });
  const { pid, port, databasePid } = gateway;
  const [hot, ...others] = await gateway.createKeys(1 + settings.keys);
  const systems: System[] = [
    { name: 'bare Fastify', keys: NO_KEY, databasePid: null, ...bare },
    { name: 'reference', keys: NO_KEY, databasePid: null, ...reference },
    { name: 'BRConnector', keys: hot === undefined ? [] : [hot], databasePid, pid, port },
  ];
  if (others.length > 0) {
    systems.push({ name: `BRConnector, ${others.length} keys`, keys: others, databasePid, pid, port });
  }
  return { systems, upstreamPid: upstream.pid, gateway };
}

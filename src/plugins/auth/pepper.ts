// The secret under which key digests are made: given by configuration, or generated once and kept in the data
// directory.
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE = 'key-pepper';

export async function loadPepper(options: {
  configured: string | undefined;
  dataDir: string;
}): Promise<string> {
  if (options.configured !== undefined) return options.configured;
  const path = join(options.dataDir, FILE);
  const kept = await readIfThere(path);
  if (kept !== undefined) return kept;
  await mkdir(options.dataDir, { recursive: true });
  // Written aside and linked into place: of two processes that start at once both read the same whole file.
  const draft = join(options.dataDir, `${FILE}.${randomUUID()}`);
  await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
  return (await readFile(path, 'utf8')).trim();
}

/** Tells peppers apart without telling them. */
export function pepperFingerprint(pepper: string): string {
  return createHmac('sha256', pepper)
    .update('brconnector pepper fingerprint')
    .digest('base64url')
    .slice(0, 22);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

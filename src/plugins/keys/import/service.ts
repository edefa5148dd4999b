// Keys by the file: every line is a transaction of its own, so that a bad one stops no other, and what is said of a
// line is what happened to it.
import type { FastifyInstance } from 'fastify';
import { withDeadline } from '../../../lib/deadline.ts';
import { GroupUnknown, ImportLineInvalid, SecretTaken } from '../errors.ts';
import { type Issuer, readWish, type Wish } from '../issue.ts';
import type { KeyRepository } from '../repository.ts';
import type { ApplyBody } from '../schemas.ts';
import type { OnceAuthor } from '../service.ts';
import { type ImportLine, readImportFile } from './read-file.ts';
import { readLine } from './read-line.ts';
import type { ImportedLine, ImportReport } from './schemas.ts';

/** The database may be busy with others; behind it the rest of the file would only wait as well. */
const LINE_MS = 10_000;

export interface ImportDeps {
  repository: Pick<KeyRepository, 'transaction' | 'isTaken'>;
  issue: Issuer;
  billing: Pick<FastifyInstance['billing'], 'once'>;
  groups: FastifyInstance['groups'];
  secrets: FastifyInstance['secrets'];
}

export interface ImportRequest {
  /** The file. */
  text: string;
  isDryRun: boolean;
  author: OnceAuthor;
  /** As a request's body is checked. @throws what a request would be answered */
  check(body: unknown): ApplyBody;
  /** What may be said of an error, and whether the rest of the file would meet it too. */
  describe(error: unknown): { message: string; isOurs: boolean };
}

interface Wanted {
  line: number;
  wish: Wish;
  secret: string | undefined;
}

type Outcome = Pick<ImportedLine, 'status' | 'id' | 'api_key' | 'message'>;

export function createImportService({ repository, issue, billing, groups, secrets }: ImportDeps) {
  async function make({ line, wish, secret }: Wanted, author: OnceAuthor): Promise<Outcome> {
    const issued = secret ?? secrets.create();
    let isRepeat = true;
    // A space, which no caller's own key has: the lines of one file cannot meet another request.
    const idempotencyKey = author.idempotencyKey === null ? null : `import ${author.idempotencyKey} ${line}`;
    const id = await repository.transaction((tx) =>
      billing.once(tx, { ...author, idempotencyKey, request: ['import', fingerprint(wish, secret)] }, () => {
        isRepeat = false;
        return issue(tx, wish, { action: 'key.import', secret: issued, ...author });
      }),
    );
    if (isRepeat)
      return { status: 'skipped', id, api_key: null, message: 'made by this Idempotency-Key before' };
    return { status: 'created', id, api_key: secret === undefined ? issued : null, message: '' };
  }

  /** The secret by its digest: what is kept of a request must not help to guess it. */
  function fingerprint(wish: Wish, secret: string | undefined): string {
    const asText = (_name: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
    return JSON.stringify([wish, secret === undefined ? null : secrets.digest(secret)], asText);
  }

  async function foresee({ wish, secret }: Wanted, seen: Set<string>): Promise<Outcome> {
    const { groupId } = wish;
    if (groupId !== 0 && !(await repository.transaction((tx) => groups.exists(tx, groupId))))
      throw new GroupUnknown();
    if (secret !== undefined) {
      const digest = secrets.digest(secret);
      if (seen.has(digest) || (await repository.isTaken(digest))) throw new SecretTaken();
      seen.add(digest);
    }
    return { status: 'skipped', id: null, api_key: null, message: 'would be created' };
  }

  function read({ line, content }: ImportLine, check: ImportRequest['check']): Wanted {
    if (typeof content === 'string') throw new ImportLineInvalid(content);
    const { body, secret } = readLine(content);
    return { line, wish: readWish(check(body)), secret };
  }

  return {
    /** @throws when the file as a whole cannot be read; else every line has its answer. */
    async run({ text, isDryRun, author, check, describe }: ImportRequest): Promise<ImportReport> {
      const lines: ImportedLine[] = [];
      const seen = new Set<string>();
      let stopped: string | undefined;
      for (const one of readImportFile(text)) {
        const { line, content } = one;
        const name = typeof content === 'string' ? '' : (content.name ?? '').slice(0, 255);
        const failed = (message: string) =>
          lines.push({ line, status: 'error', id: null, name, api_key: null, message });
        if (stopped !== undefined) {
          failed(stopped);
          continue;
        }
        try {
          const wanted = read(one, check);
          const work = isDryRun ? foresee(wanted, seen) : make(wanted, author);
          lines.push({
            line,
            name,
            ...(await withDeadline(work, LINE_MS, () => new Error('a line took too long'))),
          });
        } catch (error) {
          const { message, isOurs } = describe(error);
          if (isOurs) stopped = `not tried, because line ${line} met this: ${message}`;
          failed(message);
        }
      }
      const count = (status: ImportedLine['status']) => lines.filter((each) => each.status === status).length;
      return {
        dry_run: isDryRun,
        created: count('created'),
        skipped: count('skipped'),
        failed: count('error'),
        lines,
      };
    },
  };
}

export type ImportService = ReturnType<typeof createImportService>;

// Requests as Claude Code's documentation and the SDK's types describe them.
import { readdirSync, readFileSync } from 'node:fs';

export interface Fixture {
  name: string;
  query: string;
  headers: Record<string, string>;
  body: Record<string, unknown> & { metadata: { user_id: string } };
  expected: {
    model: string;
    reasoning: object | null;
    betas: string[];
    toolNames: string[];
    cachePoints: number;
    dropped: string[];
  };
}

const FOLDER = new URL('./fixtures/', import.meta.url);

export function readFixtures(): Fixture[] {
  return readdirSync(FOLDER).map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')));
}

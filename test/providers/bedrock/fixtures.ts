// Recorded streams: JSON lines, one event each, as the frames they came in.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { event, frame } from './frames.ts';

const FOLDER = join(import.meta.dirname, '../../wire/bedrock/fixtures');

/** One line of a fixture. */
type Line =
  | { event: string; payload: unknown }
  | { exception: string; payload: unknown }
  | { error: string; payload: { message: string } };

export interface Fixture {
  name: string;
  frames: Buffer[];
}

export function readFixtures(): Fixture[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.jsonl'));
  return files.sort().map((file) => {
    const lines = readFileSync(join(FOLDER, file), 'utf8').trim().split('\n');
    // Written by us: the shape of each line is that of `Line`.
    return {
      name: file.replace('.jsonl', ''),
      frames: lines.map((line) => frameOf(JSON.parse(line) as Line)),
    };
  });
}

function frameOf(line: Line): Buffer {
  if ('event' in line) return event(line.event, line.payload);
  if ('exception' in line) {
    const headers = {
      ':exception-type': line.exception,
      ':content-type': 'application/json',
      ':message-type': 'exception',
    };
    return frame(headers, JSON.stringify(line.payload));
  }
  const headers = {
    ':message-type': 'error',
    ':error-code': line.error,
    ':error-message': line.payload.message,
  };
  return frame(headers, '');
}

// Sends a delivery: in one write when nothing holds it up, else frame by frame with its waits, gates and cuts.
import { setTimeout as wait } from 'node:timers/promises';
import type { Delivery } from './delivery.ts';
import type { Gates } from './gates.ts';
import type { JournalEntry } from './journal.ts';
import { cut, drained, flushHead, type Outgoing } from './outgoing.ts';

export const CLIENT_CLOSED = 'client_closed';

/** Sends a delivery for which `isAtOnce` holds, and notes in the journal that all of it was served. */
export function deliverAtOnce(response: Outgoing, delivery: Delivery, entry: JournalEntry): void {
  const { head, frames } = delivery;
  if (head === null) return;
  response.writeHead(head.status, head.headers);
  response.end(frames.bytes);
  noteServed(entry, delivery, 0, frames.ends.length);
}

/** Resolves with the journal's status of the call: the delivery's outcome, or `client_closed`. */
export async function deliverInSteps(
  response: Outgoing,
  delivery: Delivery,
  entry: JournalEntry,
  gates: Gates,
): Promise<string> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const left = gone.signal;
  const { head, frames, gate } = delivery;
  const count = frames.ends.length;

  if (!(await pause(delivery.firstByteDelayMs, left))) return CLIENT_CLOSED;
  if (gate !== null && gate.beforeFrame < 0 && !(await gates.pass(gate.name, left))) return CLIENT_CLOSED;
  if (head === null) return finish(response, delivery, left);

  response.writeHead(head.status, head.headers);
  let sent = 0;
  for (let next = 0; next <= count; next += 1) {
    const isHeld = gate?.beforeFrame === next;
    const isPaused = delivery.betweenFramesMs > 0 && next > 0 && next < count;
    if (!isHeld && !isPaused && next < count) continue;
    if (!(await sendFrames(response, delivery, entry, { from: sent, to: next, left }))) return CLIENT_CLOSED;
    sent = next;
    if (isPaused && !(await pause(delivery.betweenFramesMs, left))) return CLIENT_CLOSED;
    if (isHeld && !(await gates.pass(gate.name, left))) return CLIENT_CLOSED;
  }
  return finish(response, delivery, left);
}

async function finish(response: Outgoing, delivery: Delivery, left: AbortSignal): Promise<string> {
  if (left.aborted) return CLIENT_CLOSED;
  if (delivery.ending === 'stall') {
    await new Promise<void>((resolve) => left.addEventListener('abort', () => resolve()));
    return CLIENT_CLOSED;
  }
  if (delivery.ending === 'end') response.end();
  else await cut(response, delivery.ending);
  return delivery.outcome;
}

interface Stretch {
  from: number;
  to: number;
  left: AbortSignal;
}

/** Writes frames `from` up to `to`, the headers at least; false when the caller left. */
async function sendFrames(
  response: Outgoing,
  delivery: Delivery,
  entry: JournalEntry,
  { from, to, left }: Stretch,
): Promise<boolean> {
  if (left.aborted) return false;
  const { bytes, ends } = delivery.frames;
  const chunk = bytes.subarray(endOf(ends, from), endOf(ends, to));
  if (chunk.length === 0) {
    if (to === 0) flushHead(response);
    return true;
  }
  noteServed(entry, delivery, from, to);
  const step = delivery.bytesPerWrite > 0 ? delivery.bytesPerWrite : chunk.length;
  for (let at = 0; at < chunk.length; at += step) {
    const hasRoom = response.write(chunk.subarray(at, at + step));
    if (!hasRoom && !(await drained(response, left))) return false;
  }
  return true;
}

function noteServed(entry: JournalEntry, delivery: Delivery, from: number, to: number): void {
  for (let index = from; index < to; index += 1) entry.outputText += delivery.frames.texts[index] ?? '';
  entry.framesWritten = to;
  if (delivery.usageFrame >= 0 && delivery.usageFrame < to) entry.usage = delivery.usage;
}

function endOf(ends: readonly number[], frames: number): number {
  return frames === 0 ? 0 : (ends[frames - 1] ?? 0);
}

async function pause(ms: number, left: AbortSignal): Promise<boolean> {
  if (ms <= 0) return !left.aborted;
  try {
    await wait(ms, undefined, { signal: left });
    return true;
  } catch {
    return false;
  }
}

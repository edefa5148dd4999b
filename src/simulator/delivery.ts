// What goes over the connection for one call, and when: decided completely before the first byte leaves.
import type { Frames } from './event-stream.ts';
import type { CutKind, Wait } from './script.ts';

export interface Delivery {
  /** Null: the call never gets a status line; `ending` is a cut or a stall. */
  head: { status: number; headers: Record<string, string> } | null;
  /** A body in one piece is one frame. */
  frames: Frames;
  /** Usage as reported, and the frame behind which it counts as reported (-1: never). */
  usage: unknown;
  usageFrame: number;
  ending: 'end' | 'stall' | CutKind;
  /** The journal's word if all goes as planned. */
  outcome: string;
  firstByteDelayMs: number;
  betweenFramesMs: number;
  /** 0: as many as there are. */
  bytesPerWrite: number;
  /** `beforeFrame` -1: before the status line. */
  gate: { name: string; beforeFrame: number } | null;
}

export const NO_FRAMES: Frames = { bytes: Buffer.alloc(0), ends: [], texts: [] };

/** A body in one piece. */
export function wholeBody(
  status: number,
  headers: Record<string, string>,
  body: string,
  text: string | null = null,
): Delivery {
  const bytes = Buffer.from(body);
  return {
    head: { status, headers: { ...headers, 'content-length': String(bytes.length) } },
    frames: { bytes, ends: [bytes.length], texts: [text] },
    usage: null,
    usageFrame: -1,
    ending: 'end',
    outcome: 'ok',
    firstByteDelayMs: 0,
    betweenFramesMs: 0,
    bytesPerWrite: 0,
    gate: null,
  };
}

/** Adds what a rule wants to be waited for before the status line. */
export function withWait(delivery: Delivery, wait: Wait): Delivery {
  const gate = wait.gate === undefined ? null : { name: wait.gate.name, beforeFrame: -1 };
  return { ...delivery, firstByteDelayMs: wait.firstByteDelayMs ?? delivery.firstByteDelayMs, gate };
}

/** True when the delivery can leave in one go. */
export function isAtOnce(delivery: Delivery): boolean {
  return (
    delivery.head !== null &&
    delivery.ending === 'end' &&
    delivery.firstByteDelayMs === 0 &&
    delivery.betweenFramesMs === 0 &&
    delivery.bytesPerWrite === 0 &&
    delivery.gate === null
  );
}

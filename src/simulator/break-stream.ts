// Spoils a faultless stream of frames as a script demands: strange frames put in, the fault put at its place.
import { errorBody, ServiceError, streamName } from './errors.ts';
import type { Frames, FrameWriter } from './event-stream.ts';
import type { CutKind, Fault, InsertedFrame, Place } from './script.ts';

export interface StreamPlan {
  frames: Frames;
  /** The frame that says why the model stopped; -1 when there is none. */
  stopFrame: number;
  /** The frame behind which the usage counts as reported; -1 when it is not. */
  usageFrame: number;
}

export interface BrokenStream {
  plan: StreamPlan;
  ending: 'end' | 'stall' | CutKind;
  outcome: string;
}

interface Frame {
  bytes: Buffer;
  text: string | null;
  isStop: boolean;
  hasUsage: boolean;
}

export function breakStream(
  plan: StreamPlan,
  insert: readonly InsertedFrame[],
  fault: Fault | undefined,
  writer: FrameWriter,
): BrokenStream {
  const list = listFrames(plan);
  for (const strange of insert) {
    writer.event(strange.eventType, JSON.stringify(strange.payload));
    list.splice(frameAt(list, strange) ?? 0, 0, ...onlyFrame(writer));
  }
  if (fault === undefined) return { plan: joinFrames(list), ending: 'end', outcome: 'ok' };
  const { frames, ending, outcome } = applyFault(list, fault, writer);
  return { plan: joinFrames(frames), ending, outcome };
}

/** The index of the frame that a place is in front of; null when no place is named. */
export function frameAt(frames: readonly Pick<Frame, 'text'>[], place: Place): number | null {
  if (place.afterFrames !== undefined) return Math.min(place.afterFrames, frames.length);
  if (place.afterDeltas === undefined) return null;
  let deltas = 0;
  for (const [index, frame] of frames.entries()) {
    if (deltas === place.afterDeltas && (deltas > 0 || frame.text !== null)) return index;
    if (frame.text !== null) deltas += 1;
  }
  return frames.length;
}

function applyFault(
  list: readonly Frame[],
  fault: Fault,
  writer: FrameWriter,
): { frames: readonly Frame[]; ending: BrokenStream['ending']; outcome: string } {
  const stop = list.findIndex((frame) => frame.isStop);
  const at = frameAt(list, fault) ?? (fault.kind === 'clean-end' && stop >= 0 ? stop : 0);
  const kept = list.slice(0, at);
  const next = list[at];
  switch (fault.kind) {
    case 'exception': {
      const error = new ServiceError(fault.name, fault);
      writer.exception(streamName(fault.name), errorBody(error));
      return { frames: [...kept, ...onlyFrame(writer)], ending: 'end', outcome: fault.name };
    }
    case 'error-frame':
      writer.error(fault.code, fault.message ?? '');
      return { frames: [...kept, ...onlyFrame(writer)], ending: 'end', outcome: fault.code };
    case 'cut':
      return { frames: kept, ending: fault.how ?? 'close', outcome: 'cut' };
    case 'stall':
      return { frames: kept, ending: 'stall', outcome: 'cut' };
    case 'clean-end':
      return { frames: kept, ending: 'end', outcome: 'cut' };
    case 'half-frame': {
      const half = next?.bytes.subarray(0, next.bytes.length >> 1) ?? Buffer.alloc(0);
      const torn = { bytes: half, text: null, isStop: false, hasUsage: false };
      return { frames: [...kept, torn], ending: 'end', outcome: 'cut' };
    }
    case 'bad-crc': {
      if (next === undefined) return { frames: kept, ending: 'end', outcome: 'ok' };
      const spoilt = Buffer.from(next.bytes);
      spoilt.writeUInt8(spoilt.readUInt8(spoilt.length - 1) ^ 0xff, spoilt.length - 1);
      const rest = list.slice(at + 1);
      return { frames: [...kept, { ...next, bytes: spoilt }, ...rest], ending: 'end', outcome: 'cut' };
    }
  }
}

function listFrames(plan: StreamPlan): Frame[] {
  const { bytes, ends, texts } = plan.frames;
  return ends.map((end, index) => ({
    bytes: bytes.subarray(ends[index - 1] ?? 0, end),
    text: texts[index] ?? null,
    isStop: index === plan.stopFrame,
    hasUsage: index === plan.usageFrame,
  }));
}

function onlyFrame(writer: FrameWriter): Frame[] {
  return listFrames({ frames: writer.take(), stopFrame: -1, usageFrame: -1 });
}

function joinFrames(list: readonly Frame[]): StreamPlan {
  let end = 0;
  return {
    frames: {
      bytes: Buffer.concat(list.map((frame) => frame.bytes)),
      ends: list.map((frame) => {
        end += frame.bytes.length;
        return end;
      }),
      texts: list.map((frame) => frame.text),
    },
    stopFrame: list.findIndex((frame) => frame.isStop),
    usageFrame: list.findIndex((frame) => frame.hasUsage),
  };
}

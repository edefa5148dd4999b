// Turns a call and what a rule says about it (if one does) into a delivery.
import {
  type Answer,
  answerByDefault,
  answerByScript,
  type Pace,
  textOfAnswer,
  writingMs,
} from './answer.ts';
import { breakStream, frameAt, type StreamPlan } from './break-stream.ts';
import type { Call, NativeReply } from './call.ts';
import { encodeConverse, writeConverseFrames } from './converse.ts';
import { type Delivery, NO_FRAMES, wholeBody, withWait } from './delivery.ts';
import { errorBody, ServiceError } from './errors.ts';
import type { FrameWriter } from './event-stream.ts';
import { encodeInvoke, invokeHeaders, writeInvokeFrames } from './native-answer.ts';
import { isStream } from './operation.ts';
import type { AnswerBehaviour, Behaviour } from './script.ts';

export interface PlanDeps {
  writer: FrameWriter;
  pace: Pace;
}

const UNSCRIPTED: AnswerBehaviour = { kind: 'answer' };

/** `id` becomes the answer's `x-amzn-requestid`. */
export function planDelivery(call: Call, behaviour: Behaviour | null, id: string, deps: PlanDeps): Delivery {
  switch (behaviour?.kind) {
    case undefined:
      if (call.native !== undefined) return planNative(call.native, UNSCRIPTED, id, deps);
      if (call.operation === 'CountTokens') return planCount(call, id);
      return planAnswer(call, answerByDefault(call, deps.pace), UNSCRIPTED, id, deps);
    case 'answer': {
      const { fault } = behaviour;
      if (call.operation === 'CountTokens') return withWait(planCount(call, id), behaviour);
      if (fault?.kind === 'exception' && !isStream(call.operation)) {
        return withWait(planError(new ServiceError(fault.name, fault), id), behaviour);
      }
      if (call.native !== undefined) return planNative(call.native, behaviour, id, deps);
      return planAnswer(call, answerByScript(call, behaviour, deps.pace), behaviour, id, deps);
    }
    case 'error': {
      const { retryAfterSeconds, headers } = behaviour;
      const retryAfter: Record<string, string> =
        retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
      const error = new ServiceError(behaviour.exception, behaviour);
      return withWait(planError(error, id, { ...retryAfter, ...headers }), behaviour);
    }
    case 'raw': {
      const headers = { 'x-amzn-requestid': id, 'content-type': 'text/html', ...behaviour.headers };
      const raw = wholeBody(behaviour.status, headers, behaviour.body);
      return withWait({ ...raw, outcome: `http_${behaviour.status}` }, behaviour);
    }
    case 'cut':
    case 'stall': {
      const ending = behaviour.kind === 'stall' ? 'stall' : (behaviour.how ?? 'close');
      const nothing = { ...wholeBody(200, {}, ''), head: null, frames: NO_FRAMES };
      return withWait({ ...nothing, ending, outcome: 'cut' }, behaviour);
    }
  }
}

function planCount(call: Call, id: string): Delivery {
  const headers = { 'x-amzn-requestid': id, 'content-type': 'application/json' };
  return wholeBody(200, headers, JSON.stringify({ inputTokens: call.inputTokens }));
}

/** An error answer as the service words it. */
export function planError(error: ServiceError, id: string, headers: Record<string, string> = {}): Delivery {
  const all: Record<string, string> = {
    'x-amzn-requestid': id,
    'x-amzn-errortype': error.name,
    'content-type': 'application/json',
    ...headers,
  };
  if (all['x-amzn-errortype'] === '') delete all['x-amzn-errortype'];
  return { ...wholeBody(error.status, all, errorBody(error)), outcome: error.name };
}

function planAnswer(
  call: Call,
  answer: Answer,
  script: AnswerBehaviour,
  id: string,
  deps: PlanDeps,
): Delivery {
  const delivery = isStream(call.operation)
    ? planStream(call, answer, script, id, deps.writer)
    : planWhole(call, answer, script, id);
  delivery.usage = answer.usage;
  const { firstTokenMs, betweenTokensMs } = deps.pace;
  // A whole answer is silent until all of it is there.
  const firstByteMs = isStream(call.operation) ? firstTokenMs : writingMs(answer, deps.pace);
  delivery.firstByteDelayMs = script.firstByteDelayMs ?? firstByteMs;
  delivery.betweenFramesMs = isStream(call.operation) ? (script.betweenFramesMs ?? betweenTokensMs) : 0;
  delivery.bytesPerWrite = script.bytesPerWrite ?? 0;
  if (script.gate !== undefined) {
    const texts = delivery.frames.texts.map((text) => ({ text }));
    delivery.gate = { name: script.gate.name, beforeFrame: frameAt(texts, script.gate) ?? -1 };
  }
  return delivery;
}

/** Of a script only its waits, its gate and its fault count here. */
function planNative(reply: NativeReply, script: AnswerBehaviour, id: string, { pace }: PlanDeps): Delivery {
  const headers = { 'x-amzn-requestid': id, 'content-type': 'application/json', ...reply.headers };
  const whole = wholeBody(200, headers, JSON.stringify(reply.body));
  const delivery = broken({ ...whole, usage: reply.usage, usageFrame: 0 }, script);
  return withWait({ ...delivery, firstByteDelayMs: pace.firstTokenMs }, script);
}

function planStream(
  call: Call,
  answer: Answer,
  script: AnswerBehaviour,
  id: string,
  writer: FrameWriter,
): Delivery {
  const isConverse = call.operation === 'ConverseStream';
  if (isConverse) writeConverseFrames(answer, writer);
  else writeInvokeFrames(answer, call.modelId, id, writer);
  const frames = writer.take();
  const last = frames.ends.length - 1;
  const hasUsage = answer.hasMetadata && answer.usage !== null;
  let plan: StreamPlan = {
    frames,
    stopFrame: isConverse && !answer.hasMetadata ? last : last - 1,
    usageFrame: hasUsage ? last : -1,
  };
  let end: Pick<Delivery, 'ending' | 'outcome'> = { ending: 'end', outcome: 'ok' };
  if (script.insert !== undefined || script.fault !== undefined) {
    const broken = breakStream(plan, script.insert ?? [], script.fault, writer);
    plan = broken.plan;
    end = { ending: broken.ending, outcome: broken.outcome };
  }
  const headers: Record<string, string> = {
    'x-amzn-requestid': id,
    'content-type': 'application/vnd.amazon.eventstream',
  };
  if (!isConverse) headers['x-amzn-bedrock-content-type'] = 'application/json';
  const shell = { usage: null, firstByteDelayMs: 0, betweenFramesMs: 0, bytesPerWrite: 0, gate: null };
  return {
    head: { status: 200, headers },
    frames: plan.frames,
    usageFrame: plan.usageFrame,
    ...end,
    ...shell,
  };
}

function planWhole(call: Call, answer: Answer, script: AnswerBehaviour, id: string): Delivery {
  const headers = { 'x-amzn-requestid': id, 'content-type': 'application/json' };
  const text = textOfAnswer(answer);
  const delivery =
    call.operation === 'Converse'
      ? wholeBody(200, headers, encodeConverse(answer), text)
      : wholeBody(
          200,
          { ...headers, ...invokeHeaders(answer) },
          encodeInvoke(answer, call.modelId, id),
          text,
        );
  delivery.usageFrame = answer.hasMetadata && answer.usage !== null ? 0 : -1;
  return broken(delivery, script);
}

/** A body in one piece goes wrong in its middle. */
function broken(delivery: Delivery, { fault }: AnswerBehaviour): Delivery {
  if (fault === undefined) return delivery;
  const half = delivery.frames.bytes.length >> 1;
  const torn = { bytes: delivery.frames.bytes.subarray(0, half), ends: [half], texts: [null] };
  const ending = fault.kind === 'stall' ? 'stall' : fault.kind === 'cut' ? (fault.how ?? 'close') : 'close';
  return { ...delivery, frames: torn, usageFrame: -1, ending, outcome: 'cut' };
}

// What a call is answered with, before it is put into the words of an operation.
import type { Call } from './call.ts';
import { countTokens } from './count-tokens.ts';
import { defaultWords } from './default-words.ts';
import { isObject, type JsonObject } from './json.ts';
import { splitIntoPieces } from './pieces.ts';
import type { AnswerBehaviour, ScriptedBlock } from './script.ts';

export interface Answer {
  blocks: readonly AnswerBlock[];
  /** Bedrock's word, or a test's; null leaves the member out. */
  stopReason: string | null;
  /** The stop sequence met, which native Anthropic answers name. */
  stopSequence: string | null;
  /** Converse's members of these names; null leaves one out. */
  responseFields: JsonObject | null;
  serviceTier: string | null;
  trace: JsonObject | null;
  /** As Converse reports it; null leaves the member out. */
  usage: JsonObject | null;
  /** False: neither usage nor metrics are sent. */
  hasMetadata: boolean;
  latencyMs: number;
}

export type AnswerBlock =
  | { kind: 'text'; deltas: readonly string[] }
  | { kind: 'tool'; toolUseId: string; name: string; fragments: readonly string[] }
  | { kind: 'reasoning'; deltas: readonly string[]; signature: string | null }
  /** Base64. */
  | { kind: 'redacted'; deltas: readonly string[] }
  | { kind: 'cited'; deltas: readonly string[]; citations: readonly JsonObject[] };

/** Milliseconds; both 0 means that an answer is sent as fast as it can be. */
export interface Pace {
  firstTokenMs: number;
  betweenTokensMs: number;
}

// A model at a human pace sends word by word; one that outruns the network sends several words at a time.
const WORDS_PER_DELTA_UNPACED = 4;

/** The answer nobody scripted; see `defaultWords`. */
export function answerByDefault(call: Call, pace: Pace): Answer {
  const { blocks, stopReason, stopSequence } = defaultWords(call, wordsPerDelta(pace));
  const answer: Answer = {
    blocks,
    stopReason,
    stopSequence,
    ...asWished(call, stopSequence),
    usage: usageOf(call, tokensOfAll(blocks)),
    hasMetadata: true,
    latencyMs: 0,
  };
  return { ...answer, latencyMs: Math.max(1, writingMs(answer, pace)) };
}

/** How long a paced model takes to write all of it, ms; 0 at instant pace. */
export function writingMs(answer: Answer, pace: Pace): number {
  const deltas = answer.blocks.reduce((sum, block) => sum + ('deltas' in block ? block.deltas.length : 1), 0);
  return pace.firstTokenMs + deltas * pace.betweenTokensMs;
}

/** The answer a test asked for; the caller's limits do not touch its text. */
export function answerByScript(call: Call, script: AnswerBehaviour, pace: Pace): Answer {
  const isSilent = script.text === undefined && script.deltas === undefined && script.blocks === undefined;
  const base = isSilent ? answerByDefault(call, pace) : answerInWords(call, script, pace);
  return {
    ...base,
    stopReason: script.stopReason === undefined ? base.stopReason : script.stopReason,
    responseFields: script.responseFields ?? base.responseFields,
    serviceTier: script.serviceTier === undefined ? base.serviceTier : script.serviceTier,
    trace: script.trace ?? null,
    usage: script.usage === undefined ? base.usage : script.usage,
    hasMetadata: script.metadata ?? true,
    latencyMs: script.latencyMs ?? base.latencyMs,
  };
}

/** The visible text of an answer. */
export function textOfAnswer(answer: Answer): string {
  return answer.blocks
    .map((block) => (block.kind === 'text' || block.kind === 'cited' ? block.deltas.join('') : ''))
    .join('');
}

/** What a tool was called with: the fragments as JSON, or an empty object when there is no sense in them. */
export function toolInput(fragments: readonly string[]): JsonObject {
  try {
    const input: unknown = JSON.parse(fragments.join(''));
    return isObject(input) ? input : {};
  } catch {
    return {};
  }
}

/** One base64 text of bytes that were cut. */
export function joinBase64(pieces: readonly string[]): string {
  const [only = ''] = pieces;
  if (pieces.length <= 1) return only;
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))).toString('base64');
}

function answerInWords(call: Call, script: AnswerBehaviour, pace: Pace): Answer {
  const words = wordsPerDelta(pace);
  const spoken = script.deltas ?? splitText(script.text ?? '', words);
  const blocks = script.blocks?.map((block) => blockOf(block, words)) ?? [
    { kind: 'text' as const, deltas: spoken },
  ];
  const callsTool = blocks.some((block) => block.kind === 'tool');
  return {
    blocks,
    stopReason: callsTool ? 'tool_use' : 'end_turn',
    stopSequence: null,
    ...asWished(call, null),
    usage: usageOf(call, tokensOfAll(blocks)),
    hasMetadata: true,
    latencyMs: 1,
  };
}

function blockOf(block: ScriptedBlock, words: number): AnswerBlock {
  if ('text' in block) {
    const deltas = typeof block.text === 'string' ? splitText(block.text, words) : block.text;
    return { kind: 'text', deltas };
  }
  if ('cited' in block) {
    const { text, citations } = block.cited;
    return { kind: 'cited', deltas: typeof text === 'string' ? splitText(text, words) : text, citations };
  }
  if ('toolUse' in block) {
    const { toolUseId, name, input } = block.toolUse;
    return { kind: 'tool', toolUseId, name, fragments: input };
  }
  if ('reasoning' in block) {
    const { text, signature } = block.reasoning;
    return { kind: 'reasoning', deltas: text, signature: signature ?? null };
  }
  const { redactedReasoning: data } = block;
  return { kind: 'redacted', deltas: typeof data === 'string' ? [data] : data };
}

/** An empty text is one empty delta: a test that scripts it wants to see the block. */
function splitText(text: string, words: number): string[] {
  return text === '' ? [''] : splitIntoPieces(text, words);
}

function tokensOfAll(blocks: readonly AnswerBlock[]): number {
  const textOf = (block: AnswerBlock) =>
    block.kind === 'tool' ? block.name + block.fragments.join('') : block.deltas.join('');
  return blocks.reduce((sum, block) => sum + countTokens(textOf(block)), 0);
}

function usageOf(call: Call, outputTokens: number): JsonObject {
  const { inputTokens } = call;
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}

function wordsPerDelta(pace: Pace): number {
  return pace.betweenTokensMs > 0 ? 1 : WORDS_PER_DELTA_UNPACED;
}

/** What the caller asked for is there, as far as it is known here. */
function asWished(
  { wishes }: Call,
  met: string | null,
): Pick<Answer, 'responseFields' | 'serviceTier' | 'trace'> {
  const fields: JsonObject = {
    ...(wishes.fieldPaths.includes('/stop_sequence') && { stop_sequence: met }),
    ...(wishes.fieldPaths.includes('/delta/stop_sequence') && { delta: { stop_sequence: met } }),
  };
  const responseFields = Object.keys(fields).length > 0 ? fields : null;
  return { responseFields, serviceTier: wishes.serviceTier, trace: null };
}

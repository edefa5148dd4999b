// What a call is answered with, before it is put into the words of an operation.
import type { Call } from './call.ts';
import { countTokens, cutToTokens } from './count-tokens.ts';
import { isObject, type JsonObject } from './json.ts';
import { splitIntoPieces } from './pieces.ts';
import { writeAnswer } from './prose.ts';
import type { AnswerBehaviour, ScriptedBlock } from './script.ts';

export interface Answer {
  blocks: readonly AnswerBlock[];
  /** Bedrock's word, or a test's; null leaves the member out. */
  stopReason: string | null;
  /** The stop sequence met, which native Anthropic answers name. */
  stopSequence: string | null;
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
  | { kind: 'redacted'; data: string };

/** Milliseconds; both 0 means that an answer is sent as fast as it can be. */
export interface Pace {
  firstTokenMs: number;
  betweenTokensMs: number;
}

// A model at a human pace sends word by word; one that outruns the network sends several words at a time.
const WORDS_PER_DELTA_UNPACED = 4;

/** The answer nobody scripted: `writeAnswer`, ended by the caller's own limits. */
export function answerByDefault(call: Call, pace: Pace): Answer {
  const end = endText(writeAnswer(call), call);
  const deltas = splitIntoPieces(end.text, wordsPerDelta(pace));
  return {
    blocks: end.text === '' ? [] : [{ kind: 'text', deltas }],
    stopReason: end.stopReason,
    stopSequence: end.stopSequence,
    usage: usageOf(call, countTokens(end.text)),
    hasMetadata: true,
    latencyMs: Math.max(1, pace.firstTokenMs + deltas.length * pace.betweenTokensMs),
  };
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
    usage: script.usage === undefined ? base.usage : script.usage,
    hasMetadata: script.metadata ?? true,
    latencyMs: script.latencyMs ?? base.latencyMs,
  };
}

/** The visible text of an answer. */
export function textOfAnswer(answer: Answer): string {
  return answer.blocks.map((block) => (block.kind === 'text' ? block.deltas.join('') : '')).join('');
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
    usage: usageOf(
      call,
      blocks.reduce((sum, block) => sum + tokensOf(block), 0),
    ),
    hasMetadata: true,
    latencyMs: 1,
  };
}

function blockOf(block: ScriptedBlock, words: number): AnswerBlock {
  if ('text' in block) {
    const deltas = typeof block.text === 'string' ? splitText(block.text, words) : block.text;
    return { kind: 'text', deltas };
  }
  if ('toolUse' in block) {
    const { toolUseId, name, input } = block.toolUse;
    return { kind: 'tool', toolUseId, name, fragments: input };
  }
  if ('reasoning' in block) {
    const { text, signature } = block.reasoning;
    return { kind: 'reasoning', deltas: text, signature: signature ?? null };
  }
  return { kind: 'redacted', data: block.redactedReasoning };
}

/** An empty text is one empty delta: a test that scripts it wants to see the block. */
function splitText(text: string, words: number): string[] {
  return text === '' ? [''] : splitIntoPieces(text, words);
}

function tokensOf(block: AnswerBlock): number {
  switch (block.kind) {
    case 'text':
    case 'reasoning':
      return countTokens(block.deltas.join(''));
    case 'tool':
      return countTokens(block.name + block.fragments.join(''));
    case 'redacted':
      return countTokens(block.data);
  }
}

function usageOf(call: Call, outputTokens: number): JsonObject {
  const { inputTokens } = call;
  return { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens };
}

function wordsPerDelta(pace: Pace): number {
  return pace.betweenTokensMs > 0 ? 1 : WORDS_PER_DELTA_UNPACED;
}

function endText(whole: string, call: Call): Pick<Answer, 'stopReason' | 'stopSequence'> & { text: string } {
  let text = whole;
  let stopSequence: string | null = null;
  for (const sequence of call.stopSequences) {
    const at = text.indexOf(sequence);
    if (at < 0) continue;
    text = text.slice(0, at);
    stopSequence = sequence;
  }
  const short = call.maxTokens === null ? text : cutToTokens(text, call.maxTokens);
  if (short.length < text.length) return { text: short, stopReason: 'max_tokens', stopSequence: null };
  return { text, stopReason: stopSequence === null ? 'end_turn' : 'stop_sequence', stopSequence };
}

// What was said in a stream, told twice: from the AWS SDK's events and from ours. The two tellers share nothing but
// the words of the outcome, and the first knows nothing of how ours decodes.
import {
  type BedrockRuntimeClient,
  type ContentBlockDelta,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  type TokenUsage,
} from '@aws-sdk/client-bedrock-runtime';
import type { ChatEvent } from '../../../src/canonical/event.ts';
import { UpstreamError } from '../../../src/canonical/upstream-error.ts';
import { MODEL, readAll } from './calls.ts';

export interface Heard {
  blocks: Spoken[];
  /** Null: it did not finish. */
  finish: { reason: string; stopSequence: string | null } | null;
  usage: number[] | null;
  latencyMs: number | null;
  serviceTier: string | null;
  /** The kind of the failure. */
  error: string | null;
}

/** Base64 of redacted thought, JSON of a tool and text all stand in `text`. */
interface Spoken {
  kind: 'text' | 'reasoning' | 'redacted' | 'tool';
  text: string;
  signature: string;
  tool: string;
  citations: unknown[];
}

const silent = (kind: Spoken['kind'], tool = ''): Spoken => ({
  kind,
  text: '',
  signature: '',
  tool,
  citations: [],
});

const REASONS: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  stop_sequence: 'stop_sequence',
  content_filtered: 'refusal',
  refusal: 'refusal',
  guardrail_intervened: 'guardrail',
  model_context_window_exceeded: 'context_window',
  malformed_model_output: 'stop',
  malformed_tool_use: 'stop',
};

/** Of what the SDK throws, by name and text. */
function errorOf({ name, message }: Error): string {
  const known: Readonly<Record<string, string>> = {
    ThrottlingException: 'throttled',
    ModelStreamErrorException: 'model_error',
    InternalServerException: 'internal',
    internalServerException: 'internal',
    ServiceUnavailableException: 'unavailable',
    modelTimeoutException: 'timeout',
    Error: 'internal',
  };
  if (name === 'ValidationException') return message.includes('too long') ? 'context_length' : 'rejected';
  return known[name] ?? `unknown: ${name}`;
}

export async function hearWithSdk(client: BedrockRuntimeClient): Promise<Heard> {
  const events: ConverseStreamOutput[] = [];
  let error: string | null = null;
  try {
    const messages = [{ role: 'user' as const, content: [{ text: 'Hi' }] }];
    const { stream } = await client.send(new ConverseStreamCommand({ modelId: MODEL, messages }));
    for await (const event of stream ?? []) events.push(event);
  } catch (thrown) {
    error = thrown instanceof Error ? errorOf(thrown) : 'no error';
  }
  return { ...tellSdk(events), ...(error !== null && { error }) };
}

function tellSdk(events: readonly ConverseStreamOutput[]): Heard {
  const heard: Heard = {
    blocks: [],
    finish: null,
    usage: null,
    latencyMs: null,
    serviceTier: null,
    error: 'incomplete',
  };
  const byIndex = new Map<number, Spoken | 'skipped'>();
  const blockAt = (index: number, kind: Spoken['kind'], tool = '') => {
    const known = byIndex.get(index);
    if (known !== undefined) return known;
    const block = silent(kind, tool);
    byIndex.set(index, block);
    heard.blocks.push(block);
    return block;
  };
  for (const { contentBlockStart, contentBlockDelta, contentBlockStop, messageStop, metadata } of events) {
    if (contentBlockStart?.start !== undefined) {
      const { toolUse } = contentBlockStart.start;
      const index = contentBlockStart.contentBlockIndex ?? -1;
      if (toolUse === undefined || toolUse.type === 'server_tool_use') byIndex.set(index, 'skipped');
      else blockAt(index, 'tool', `${toolUse.toolUseId} ${toolUse.name}`);
    }
    if (contentBlockDelta?.delta !== undefined) {
      const index = contentBlockDelta.contentBlockIndex ?? -1;
      const kind = kindOf(contentBlockDelta.delta);
      const block = kind === null ? 'skipped' : blockAt(index, kind);
      if (block !== 'skipped') add(block, contentBlockDelta.delta);
    }
    // The number may be used again.
    if (contentBlockStop !== undefined) byIndex.delete(contentBlockStop.contentBlockIndex ?? -1);
    if (messageStop !== undefined) {
      const fields = messageStop.additionalModelResponseFields as
        | { delta?: { stop_sequence?: string } }
        | undefined;
      const reason = REASONS[messageStop.stopReason ?? ''] ?? 'unknown';
      heard.finish = { reason, stopSequence: fields?.delta?.stop_sequence ?? null };
      heard.error = null;
    }
    if (metadata !== undefined) {
      heard.usage = countsOf(metadata.usage);
      heard.latencyMs = metadata.metrics?.latencyMs ?? null;
      heard.serviceTier = metadata.serviceTier?.type ?? null;
    }
  }
  return settle(
    heard,
    events.some(({ messageStop }) => messageStop?.stopReason?.startsWith('malformed')),
  );
}

/** What cannot be said of the events one by one. */
function settle(heard: Heard, isMalformed: boolean): Heard {
  const calls = heard.blocks.some(({ kind }) => kind === 'tool');
  const reason = heard.finish?.reason;
  if (heard.finish !== null && calls && (reason === 'stop' || reason === 'unknown'))
    heard.finish.reason = 'tool_calls';
  if (heard.finish !== null && !calls && reason === 'tool_calls') heard.finish.reason = 'stop';
  if (isMalformed && heard.blocks.length === 0) return { ...heard, finish: null, error: 'model_error' };
  return heard;
}

/** Null: it says nothing that anybody could hear. */
function kindOf({ text, toolUse, reasoningContent, citation }: ContentBlockDelta): Spoken['kind'] | null {
  if (text) return 'text';
  if (citation !== undefined) return 'text';
  if (toolUse !== undefined) return 'tool';
  if (reasoningContent?.redactedContent !== undefined) return 'redacted';
  return reasoningContent?.text || reasoningContent?.signature ? 'reasoning' : null;
}

function add(block: Spoken, { text, toolUse, reasoningContent, citation }: ContentBlockDelta): void {
  block.text += text ?? toolUse?.input ?? reasoningContent?.text ?? '';
  block.signature += reasoningContent?.signature ?? '';
  if (reasoningContent?.redactedContent !== undefined) {
    const bytes = [Buffer.from(block.text, 'base64'), reasoningContent.redactedContent];
    block.text = Buffer.concat(bytes).toString('base64');
  }
  if (citation !== undefined) block.citations.push(JSON.parse(JSON.stringify(citation)));
}

/** Fresh, output, read, written for five minutes and for an hour. */
function countsOf(usage: TokenUsage | undefined): number[] | null {
  if (usage === undefined) return null;
  const hour = usage.cacheDetails?.find(({ ttl }) => ttl === '1h')?.inputTokens ?? 0;
  const written = usage.cacheWriteInputTokens ?? 0;
  const { inputTokens = -1, outputTokens = -1, cacheReadInputTokens = 0 } = usage;
  return [inputTokens, outputTokens, cacheReadInputTokens, written - hour, hour];
}

export async function hear(groups: AsyncIterable<readonly ChatEvent[]>): Promise<Heard> {
  const { events, error } = await readAll(groups);
  const heard = tell(events);
  if (error !== undefined) heard.error = error instanceof UpstreamError ? error.kind : String(error);
  return heard;
}

function tell(events: readonly ChatEvent[]): Heard {
  const heard: Heard = {
    blocks: [],
    finish: null,
    usage: null,
    latencyMs: null,
    serviceTier: null,
    error: null,
  };
  const at = (block: number, kind: Spoken['kind'], tool = '') => {
    const known = heard.blocks[block] ?? silent(kind, tool);
    heard.blocks[block] = known;
    return known;
  };
  for (const event of events) {
    switch (event.type) {
      case 'text-delta':
        at(event.block, 'text').text += event.text;
        break;
      case 'citation':
        at(event.block, 'text').citations.push(event.citation);
        break;
      case 'reasoning-delta':
        at(event.block, 'reasoning').text += event.text;
        break;
      case 'reasoning-signature':
        at(event.block, 'reasoning').signature = event.signature;
        break;
      case 'redacted-reasoning':
        at(event.block, 'redacted').text = event.base64;
        break;
      case 'tool-start':
        at(event.block, 'tool', `${event.id} ${event.name}`);
        break;
      case 'tool-delta':
        at(event.block, 'tool').text += event.json;
        break;
      case 'finish':
        heard.finish = { reason: event.reason, stopSequence: event.stopSequence ?? null };
        break;
      case 'usage': {
        const { usage, latencyMs, serviceTier } = event;
        heard.usage = usage && [
          ...[usage.inputTokens, usage.outputTokens, usage.cacheReadTokens],
          ...[usage.cacheWrite5mTokens, usage.cacheWrite1hTokens],
        ];
        Object.assign(heard, { latencyMs, serviceTier: serviceTier ?? null });
        break;
      }
      case 'start':
      case 'block-end':
        break;
    }
  }
  return heard;
}

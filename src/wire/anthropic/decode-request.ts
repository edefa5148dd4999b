// A request of the Messages API in the words of the house. What cannot be served is refused here, before any money is
// held; nothing is changed in silence.
import type { ContentBlock } from '../../canonical/content.ts';
import { type ChatRequest, PLAIN_REQUEST, type Turn } from '../../canonical/request.ts';
import { invalidValue, unsupportedValue } from '../refusals.ts';
import { decodeBetas } from './betas.ts';
import { decodeCacheControl } from './decode-cache-control.ts';
import { decodeMessages } from './decode-messages.ts';
import { decodeTexts } from './decode-text.ts';
import { decodeOutput } from './decode-thinking.ts';
import { decodeToolChoice, decodeTools } from './decode-tools.ts';
import { droppedParameters } from './dropped-parameters.ts';
import { Fields } from './fields.ts';
import { createNotes, type Notes } from './notes.ts';
import type { CountTokensBody } from './schema.ts';
import { decodeVersion } from './version.ts';

export interface DialectHeaders {
  /** `anthropic-version` */
  version?: string | undefined;
  /** `anthropic-beta` */
  beta?: string | undefined;
}

export interface DecodedRequest {
  request: ChatRequest;
  /** Names of what was accepted and has no effect; safe as a header value when joined by commas. */
  dropped: string[];
  /** What the client says about the conversation (`metadata.user_id`), as it wrote it; null: nothing. */
  sessionHint: string | null;
  /** The conversation as sent, the instructions first, for the record. */
  messages: readonly object[];
}

/** How Claude Code asks for a long window: the catalogue knows each model's. */
const WINDOW_SUFFIX = /\[1m\]$/i;

/**
 * @param body validated against `MessagesBody` or `CountTokensBody`
 * @throws Refusal with the path of the field
 */
export function decodeRequest(body: CountTokensBody, headers: DialectHeaders): DecodedRequest {
  const notes = createNotes();
  const rules = decodeVersion(headers.version);
  const betas = decodeBetas(headers.beta, notes);
  for (const name of droppedParameters(body)) notes.drop(name);
  if (rules.isStrict) refuseSampling(body);
  const system = decodeTexts(body.system ?? '', 'system', notes);
  const tools = decodeTools(body.tools, notes);
  const conversation = decodeMessages(body.messages, notes, rules);
  const output = decodeOutput(body, notes);
  const request: ChatRequest = {
    ...PLAIN_REQUEST,
    model: body.model.replace(WINDOW_SUFFIX, ''),
    system: [...system, ...conversation.system],
    turns: withLastCached(conversation.turns, body, notes),
    tools,
    ...decodeToolChoice(body.tool_choice, tools),
    ...output,
    maxOutputTokens: body.max_tokens ?? null,
    temperature: body.temperature ?? null,
    topP: body.top_p ?? null,
    topK: body.top_k ?? null,
    stopSequences: (body.stop_sequences ?? []).filter((each) => each !== ''),
    allowsAutomaticCaching: !notes.hasCachePoints,
    betas: betas.passed,
    stream: body.stream ?? false,
  };
  if (!betas.isInterleaved) refuseWideBudget(request);
  return {
    request,
    dropped: notes.dropped(),
    sessionHint: body.metadata?.user_id ?? null,
    messages: body.system ? [{ role: 'system', content: body.system }, ...body.messages] : body.messages,
  };
}

function refuseSampling(body: CountTokensBody): void {
  for (const name of ['temperature', 'top_p', 'top_k'] as const)
    if ((body[name] ?? null) !== null)
      throw unsupportedValue(name, 'cannot be set from anthropic-version 2026-10-21 on');
}

/** Only thinking that goes on between tools may have more room than one answer. */
function refuseWideBudget({ reasoning, maxOutputTokens }: ChatRequest): void {
  const budget = reasoning?.budgetTokens;
  if (budget === undefined || maxOutputTokens === null) return;
  if (budget >= maxOutputTokens)
    throw invalidValue('max_tokens', '`max_tokens` must be greater than `thinking.budget_tokens`');
}

/** `cache_control` of the whole request: one point behind the last block that can have one. */
function withLastCached(turns: Turn[], body: CountTokensBody, notes: Notes): Turn[] {
  const point = decodeCacheControl(new Fields({ cache_control: body.cache_control }, ''), notes);
  if (point.cacheAfter === undefined) return turns;
  const last = turns.findLastIndex(({ content }) => content.some(isCacheable));
  return turns.map((turn, index) => {
    if (index !== last) return turn;
    const at = turn.content.findLastIndex(isCacheable);
    return {
      ...turn,
      content: turn.content.map((block, place) =>
        place === at && isCacheable(block) ? { ...point, ...block } : block,
      ),
    };
  });
}

function isCacheable(block: ContentBlock) {
  return block.kind !== 'reasoning' && block.kind !== 'redacted-reasoning';
}

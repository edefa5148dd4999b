// The `response` object: what was asked, said again as OpenAI's types require, and what came of it.
import type { FinishReason } from '../../../canonical/event.ts';
import type { Usage } from '../../../canonical/usage.ts';
import type { Money } from '../../../lib/money.ts';
import { encodeServiceTier } from '../encode-service-tier.ts';
import type { ItemRules, OutputItem } from './encode-items.ts';
import { encodeUsage, type ResponseUsage } from './encode-usage.ts';
import { incompleteReason } from './map-finish-reason.ts';
import type { ResponseBody } from './schema.ts';

export interface ResponseObject extends RequestEcho {
  id: string;
  object: 'response';
  /** Unix seconds. */
  created_at: number;
  status: 'in_progress' | 'completed' | 'incomplete' | 'failed';
  error: { code: 'server_error' | 'rate_limit_exceeded' | 'invalid_prompt'; message: string } | null;
  incomplete_details: { reason: 'max_output_tokens' | 'content_filter' } | null;
  model: string;
  output: OutputItem[];
  /** Null: not known (yet). */
  usage: ResponseUsage | null;
  service_tier: 'default' | 'flex' | 'priority';
}

export interface RequestEcho {
  background: false;
  instructions: string | null;
  max_output_tokens: number | null;
  metadata: Record<string, string>;
  parallel_tool_calls: boolean;
  previous_response_id: null;
  prompt_cache_key: string | null;
  reasoning: { effort: string | null; summary: string | null };
  safety_identifier: string | null;
  /** Whatever was asked: nothing is stored. */
  store: false;
  temperature: number | null;
  text: { format: object; verbosity?: string };
  tool_choice: string | object;
  tools: object[];
  top_logprobs: 0;
  top_p: number | null;
  truncation: 'disabled';
  user?: string;
}

export interface ResponseFacts extends ItemRules {
  /** UUID. */
  exchangeId: string;
  /** Unix seconds. */
  createdAt: number;
  /** The model's name as the client wrote it. */
  model: string;
  echo: RequestEcho;
}

export interface Outcome {
  reason: FinishReason;
  output: OutputItem[];
  /** Null: not reported. */
  usage: Usage | null;
  serviceTier: string | undefined;
  /** For the usage object; undefined: it was not asked for. */
  cost?: Money | undefined;
}

/** The request's own parameters, with OpenAI's defaults where they stand for nothing that is done here. */
export function echoRequest(body: ResponseBody): RequestEcho {
  const { text, reasoning, user } = body;
  return {
    background: false,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    // The schema lets only texts pass.
    metadata: (body.metadata ?? {}) as Record<string, string>,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt_cache_key: body.prompt_cache_key ?? null,
    reasoning: {
      effort: reasoning?.effort ?? null,
      summary: reasoning?.summary ?? reasoning?.generate_summary ?? null,
    },
    safety_identifier: body.safety_identifier ?? null,
    store: false,
    temperature: body.temperature ?? null,
    text: {
      format: text?.format ?? { type: 'text' },
      ...(typeof text?.verbosity === 'string' && { verbosity: text.verbosity }),
    },
    tool_choice: body.tool_choice ?? 'auto',
    tools: (body.tools ?? []).map((tool) =>
      tool.type === 'function' ? { parameters: null, strict: null, ...tool } : tool,
    ),
    top_logprobs: 0,
    top_p: body.top_p ?? null,
    truncation: 'disabled',
    ...(typeof user === 'string' && { user }),
  };
}

/** A response of which nothing has been said yet. */
export function beginResponse({ exchangeId, createdAt, model, echo }: ResponseFacts): ResponseObject {
  return {
    id: `resp_${exchangeId}`,
    object: 'response',
    created_at: createdAt,
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    model,
    output: [],
    usage: null,
    service_tier: 'default',
    ...echo,
  };
}

export function endResponse(facts: ResponseFacts, outcome: Outcome): ResponseObject {
  const reason = incompleteReason(outcome.reason);
  return {
    ...beginResponse(facts),
    status: reason === null ? 'completed' : 'incomplete',
    incomplete_details: reason === null ? null : { reason },
    output: outcome.output,
    usage: encodeUsage(outcome.usage, outcome.cost),
    service_tier: encodeServiceTier(outcome.serviceTier),
  };
}

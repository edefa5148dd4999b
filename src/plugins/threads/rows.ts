// Threads as the wire shows them. Pure.
import { formatMoney, formatPricePerToken } from '../../lib/money.ts';
import type { ThreadOverview, WholeThread } from './repository.ts';
import type { ThreadDetail, ThreadRow } from './schemas.ts';

export function toRow(thread: ThreadOverview): ThreadRow {
  return {
    id: thread.id,
    session_id: thread.sessionId,
    key_id: thread.keyId,
    model: thread.model,
    prompt: thread.promptHead ?? '',
    completion: thread.completionHead ?? '',
    tokens_in: inputTokens(thread),
    tokens_out: thread.outputTokens,
    fee: formatMoney(thread.fee),
    status: thread.status,
    created_at: thread.startedAt.toISOString(),
  };
}

export function toDetail(thread: WholeThread): ThreadDetail {
  return {
    ...toRow(thread),
    session_key: thread.sessionKey,
    request_id: thread.requestId,
    prompt: thread.prompt,
    completion: thread.completion,
    whole_prompt: thread.wholePrompt,
    whole_completion: thread.wholeCompletion,
    tokens_cache_read: thread.cacheReadTokens,
    tokens_cache_write_5m: thread.cacheWrite5mTokens,
    tokens_cache_write_1h: thread.cacheWrite1hTokens,
    price_in: formatPricePerToken(thread.priceInput),
    price_out: formatPricePerToken(thread.priceOutput),
    currency: 'USD',
    invocation_latency: thread.latencyMs,
    first_byte_latency: thread.firstByteMs,
    usage_source: thread.usageSource,
    thread_type: thread.isStreamed ? 0 : 1,
  };
}

function inputTokens(thread: ThreadOverview): number {
  return thread.inputTokens + thread.cacheReadTokens + thread.cacheWrite5mTokens + thread.cacheWrite1hTokens;
}

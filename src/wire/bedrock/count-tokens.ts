// CountTokens: the part of a Converse body that is counted, and the answer.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
import { UpstreamError } from '../../canonical/upstream-error.ts';
import type { ConverseBody } from './converse-body.ts';
import { asCount, asRecord } from './json.ts';

/** Other members of the body have no tokens, and are refused. */
export function encodeCountTokens(chat: ConverseBody): object {
  const { messages, system, toolConfig, additionalModelRequestFields } = chat;
  return { input: { converse: { messages, system, toolConfig, additionalModelRequestFields } } };
}

/** @throws UpstreamError `malformed` */
export function decodeCountTokens(body: unknown, upstreamRequestId: string | undefined): number {
  const tokens = asCount(asRecord(body)?.inputTokens);
  if (tokens !== null) return tokens;
  const message = 'The upstream sent an answer that cannot be read.';
  throw new UpstreamError({ kind: 'malformed', message, upstreamRequestId });
}

// What is asked of Bedrock beside the model's answer: guardrail, latency, tier, and fields of the model's own answer.
// Guardrail and fields have other words in streams.
import type { ChatRequest } from '../../canonical/request.ts';
import type { ConverseBody } from './converse-body.ts';
import { type Encoding, isVisible } from './encoding.ts';

export interface EncodedService {
  guardrail(isStreamed: boolean): Pick<ConverseBody, 'guardrailConfig'>;
  responseFields(isStreamed: boolean): Pick<ConverseBody, 'additionalModelResponseFieldPaths'>;
  tier: Pick<ConverseBody, 'performanceConfig' | 'serviceTier'>;
}

export function encodeService(request: ChatRequest, encoding: Encoding): EncodedService {
  return {
    guardrail: (isStreamed) => encodeGuardrail(request, isStreamed),
    responseFields: (isStreamed) => encodeResponseFields(request, encoding, isStreamed),
    tier: { ...encodeLatency(request, encoding), ...encodeTier(request, encoding) },
  };
}

function encodeGuardrail(
  { guardrail }: ChatRequest,
  isStreamed: boolean,
): Pick<ConverseBody, 'guardrailConfig'> {
  if (guardrail === null) return {};
  const { id, version, trace, streamMode } = guardrail;
  return {
    guardrailConfig: {
      guardrailIdentifier: id,
      guardrailVersion: version,
      ...(trace !== undefined && { trace }),
      ...(isStreamed && streamMode !== undefined && { streamProcessingMode: streamMode }),
    },
  };
}

/** Which of the client's stop sequences it was: Converse itself does not say, Claude's own answer does. */
function encodeResponseFields(
  { stopSequences }: ChatRequest,
  { isClaude }: Encoding,
  isStreamed: boolean,
): Pick<ConverseBody, 'additionalModelResponseFieldPaths'> {
  if (!isClaude || !stopSequences.some(isVisible)) return {};
  return { additionalModelResponseFieldPaths: [isStreamed ? '/delta/stop_sequence' : '/stop_sequence'] };
}

function encodeLatency(
  { latency }: ChatRequest,
  { capabilities, dropped }: Encoding,
): Pick<ConverseBody, 'performanceConfig'> {
  if (latency === null) return {};
  if (capabilities.optimizedLatency === true) return { performanceConfig: { latency } };
  if (latency === 'optimized') dropped.add('latency');
  return {};
}

/** `default` is what a model without tiers serves anyway. */
function encodeTier(
  { serviceTier }: ChatRequest,
  { capabilities, dropped }: Encoding,
): Pick<ConverseBody, 'serviceTier'> {
  if (serviceTier === null) return {};
  const { serviceTiers = [] } = capabilities;
  if (serviceTier === 'default') return serviceTiers.length > 0 ? { serviceTier: { type: 'default' } } : {};
  if (serviceTiers.includes(serviceTier)) return { serviceTier: { type: serviceTier } };
  dropped.add('serviceTier');
  return {};
}

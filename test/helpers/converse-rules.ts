// The rules of Converse as a checker of bodies: the simulator's own, so that what passes here passes there.
import type { ModelCapabilities } from '../../src/canonical/capabilities.ts';
import { validateConverse } from '../../src/simulator/validate-request.ts';
import type { ConverseBody } from '../../src/wire/bedrock/converse-body.ts';
import { withMetadata } from '../../src/wire/bedrock/request-metadata.ts';

export const TEST_METADATA = { gw_exchange: '01932c07-0000-7000-8000-000000000001', gw_key: '7' };

/** As it would be sent. */
export function sentBody(body: ConverseBody): string {
  return JSON.stringify(withMetadata(body, TEST_METADATA));
}

/** Throws what the service would answer. */
export function checkConverse(
  body: ConverseBody,
  { modelId, operation }: { modelId: string; operation: 'Converse' | 'ConverseStream' },
): void {
  validateConverse(JSON.parse(sentBody(body)), modelId, operation);
}

/** The names of what the body asks for and the model is known not to take. */
export function brokenPromises(body: ConverseBody, capabilities: ModelCapabilities): string[] {
  const text = JSON.stringify(body);
  const { inferenceConfig: inference, toolConfig, additionalModelRequestFields: fields = {} } = body;
  const isForced = toolConfig?.toolChoice !== undefined && !('auto' in toolConfig.toolChoice);
  const { thinking, tool_choice: choice } = fields as {
    thinking?: { type: string; budget_tokens?: number };
    tool_choice?: { type: string };
  };
  const isThinking = thinking !== undefined && thinking.type !== 'disabled';
  const hasSampling = inference.temperature !== undefined || inference.topP !== undefined;
  const isForcedAnyhow = isForced || (choice !== undefined && choice.type !== 'auto');
  const words = { enabled: 'budget', disabled: 'off' } as Record<string, string>;
  const roles = body.messages.map(({ role }) => role);
  const claims: Record<string, boolean> = {
    'an instruction out of place': roles.some(
      (role, index) =>
        role === 'system' &&
        (roles[index - 1] !== 'user' || (roles[index + 1] ?? 'assistant') !== 'assistant'),
    ),
    images: capabilities.imageInput === false && text.includes('"image":'),
    documents: capabilities.documentInput === false && text.includes('"document":'),
    tools: capabilities.tools === 'none' && toolConfig !== undefined,
    force: capabilities.forcedToolChoice === false && isForcedAnyhow,
    'force while thinking': isThinking && isForcedAnyhow,
    strict: capabilities.strictTools !== true && text.includes('"strict":'),
    status: capabilities.toolResultStatus === false && text.includes('"status":'),
    'cache points': capabilities.promptCaching !== 'explicit' && text.includes('"cachePoint":'),
    'an hour': capabilities.cacheLifetime === '5m' && text.includes('"ttl":"1h"'),
    'native schema': capabilities.nativeJsonSchema !== true && body.outputConfig?.textFormat !== undefined,
    prefill: capabilities.prefill === false && body.messages.at(-1)?.role === 'assistant',
    system: capabilities.systemPrompt === false && body.system !== undefined,
    'system in the middle': capabilities.midSystem === false && text.includes('"role":"system"'),
    signatures: capabilities.reasoning !== 'claude' && text.includes('"signature":'),
    'redacted thoughts':
      capabilities.reasoning !== 'claude' &&
      capabilities.reasoning !== 'effort' &&
      text.includes('"redactedContent":'),
    sampling: (capabilities.sampling === 'none' || isThinking) && hasSampling,
    'both of sampling':
      capabilities.sampling === 'temperature_or_top_p' &&
      inference.temperature !== undefined &&
      inference.topP !== undefined,
    top_k: capabilities.topK === 'none' && 'top_k' in fields,
    'a thinking mode':
      thinking !== undefined &&
      capabilities.thinkingModes?.some((mode) => mode === (words[thinking.type] ?? thinking.type)) !== true,
    'a budget without room':
      thinking?.budget_tokens !== undefined &&
      (thinking.budget_tokens < 1024 || thinking.budget_tokens >= (inference.maxTokens ?? 0)),
    effort:
      body.outputConfig?.effort !== undefined &&
      !capabilities.efforts?.some((effort) => effort === body.outputConfig?.effort),
    tier: body.serviceTier !== undefined && capabilities.serviceTiers === undefined,
    latency: body.performanceConfig !== undefined && capabilities.optimizedLatency !== true,
    penalties: capabilities.penalties !== true && text.includes('_penalty"'),
    'least tokens': (inference.maxTokens ?? 2 ** 31) < (capabilities.minMaxTokens ?? 1),
  };
  return Object.entries(claims).flatMap(([name, isBroken]) => (isBroken ? [name] : []));
}

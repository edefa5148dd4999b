// The gateway's own key `bedrock`: what no parameter of OpenAI's says. Whether the caller may use it is decided later.
import type { ChatRequest, Guardrail } from '../../../canonical/request.ts';
import { oneOf, unsupportedParameter } from '../../refusals.ts';
import type { ChatCompletionBody } from './schema.ts';

const TRACES = ['enabled', 'disabled', 'enabled_full'] as const;
const STREAM_MODES = ['sync', 'async'] as const;
const LATENCIES = ['standard', 'optimized'] as const;
const MEMBERS = {
  bedrock: ['guardrailConfig', 'performanceConfig'],
  'bedrock.guardrailConfig': ['guardrailIdentifier', 'guardrailVersion', 'trace', 'streamProcessingMode'],
  'bedrock.performanceConfig': ['latency'],
} as const;

/** @throws Refusal with the path of a member or word that Bedrock does not have */
export function decodeBedrockOptions(
  options: ChatCompletionBody['bedrock'],
): Pick<ChatRequest, 'guardrail' | 'latency'> {
  if (options === undefined || options === null) return { guardrail: null, latency: null };
  refuseUnknown('bedrock', options);
  const latency = options.performanceConfig ?? null;
  if (latency !== null) refuseUnknown('bedrock.performanceConfig', latency);
  return {
    guardrail: decodeGuardrail(options.guardrailConfig ?? null),
    latency: latency === null ? null : oneOf('bedrock.performanceConfig.latency', latency.latency, LATENCIES),
  };
}

function decodeGuardrail(
  config: NonNullable<NonNullable<ChatCompletionBody['bedrock']>['guardrailConfig']> | null,
): Guardrail | null {
  if (config === null) return null;
  const path = 'bedrock.guardrailConfig';
  refuseUnknown(path, config);
  const { guardrailIdentifier: id, guardrailVersion: version, trace, streamProcessingMode } = config;
  return {
    id,
    version,
    ...(trace !== undefined && trace !== null && { trace: oneOf(`${path}.trace`, trace, TRACES) }),
    ...(streamProcessingMode !== undefined &&
      streamProcessingMode !== null && {
        streamMode: oneOf(`${path}.streamProcessingMode`, streamProcessingMode, STREAM_MODES),
      }),
  };
}

function refuseUnknown(path: keyof typeof MEMBERS, value: object): void {
  const known: readonly string[] = MEMBERS[path];
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) throw unsupportedParameter(`${path}.${unknown.slice(0, 64)}`);
}

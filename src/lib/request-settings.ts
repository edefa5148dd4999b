// Guardrail, service tier and latency mode as keys and models hold them: on the wire and inside. Pure.
import { Type } from 'typebox';

/** GuardrailConfiguration of the Converse API: an id or an ARN, and a number or `DRAFT`. */
const Guardrail = Type.Object(
  {
    id: Type.String({
      maxLength: 2048,
      pattern: '^([a-z0-9]+|arn:aws(-[^:]+)?:bedrock:[a-z0-9-]{1,20}:[0-9]{12}:guardrail/[a-z0-9]+)$',
    }),
    version: Type.String({ pattern: '^([1-9][0-9]{0,7}|DRAFT)$' }),
    trace: Type.Optional(Type.Enum(['enabled', 'disabled', 'enabled_full'])),
    stream_mode: Type.Optional(
      Type.Enum(['sync', 'async'], { description: '`sync` holds a stream back until it is judged' }),
    ),
  },
  { additionalProperties: false },
);

/** Each absent: not set. */
export const requestSettingFields = {
  guardrail: Type.Optional(Guardrail),
  service_tier: Type.Optional(Type.Enum(['default', 'flex', 'priority'])),
  latency: Type.Optional(Type.Enum(['standard', 'optimized'])),
};

export const RequestSettingsOnTheWire = Type.Object(requestSettingFields, { additionalProperties: false });
export type RequestSettingsOnTheWire = Type.Static<typeof RequestSettingsOnTheWire>;

interface Settings {
  guardrail?: {
    id: string;
    version: string;
    trace?: 'enabled' | 'disabled' | 'enabled_full';
    streamMode?: 'sync' | 'async';
  };
  serviceTier?: 'default' | 'flex' | 'priority';
  latency?: 'standard' | 'optimized';
}

export function decodeRequestSettings(wire: RequestSettingsOnTheWire): Settings {
  const { guardrail, service_tier: serviceTier, latency } = wire;
  const { stream_mode: streamMode, ...rest } = guardrail ?? {};
  return {
    ...(guardrail && {
      guardrail: { ...rest, id: guardrail.id, version: guardrail.version, ...(streamMode && { streamMode }) },
    }),
    ...(serviceTier && { serviceTier }),
    ...(latency && { latency }),
  };
}

export function encodeRequestSettings({
  guardrail,
  serviceTier,
  latency,
}: Settings): RequestSettingsOnTheWire {
  const { streamMode, ...rest } = guardrail ?? {};
  return {
    ...(guardrail && {
      guardrail: {
        ...rest,
        id: guardrail.id,
        version: guardrail.version,
        ...(streamMode && { stream_mode: streamMode }),
      },
    }),
    ...(serviceTier && { service_tier: serviceTier }),
    ...(latency && { latency }),
  };
}

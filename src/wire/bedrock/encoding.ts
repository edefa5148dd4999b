// What every part of the encoder has at hand: the model it writes for, and the list of what it had to leave out.
import type { ModelCapabilities } from '../../canonical/capabilities.ts';
import type { DroppedFeature } from '../../canonical/request.ts';

export interface EncodingTraits {
  /** The foundation model behind the name; rules that hold for a whole family go by it. */
  baseId: string;
  capabilities: ModelCapabilities;
  /** Tokens. */
  maxOutputTokens: number;
  /** Output limit of a request that names none, tokens. */
  defaultMaxOutputTokens: number;
}

export interface Encoding {
  readonly capabilities: ModelCapabilities;
  readonly isClaude: boolean;
  readonly isNova: boolean;
  /** Reported to the client, each once. */
  readonly dropped: Set<DroppedFeature>;
}

export function beginEncoding({ baseId, capabilities }: EncodingTraits): Encoding {
  return {
    capabilities,
    isClaude: baseId.startsWith('anthropic.'),
    isNova: baseId.startsWith('amazon.nova'),
    dropped: new Set(),
  };
}

/** Bedrock refuses text that is only white space. */
export function isVisible(text: string): boolean {
  return text.trim() !== '';
}

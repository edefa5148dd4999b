// Which tier served an answer, where Bedrock says so: `serviceTier` of a whole answer and of a stream's metadata.
import { asRecord, asText } from './json.ts';

export function decodeServiceTier(payload: Record<string, unknown>): { serviceTier?: string } {
  const serviceTier = asText(asRecord(payload.serviceTier)?.type);
  return serviceTier === null ? {} : { serviceTier };
}

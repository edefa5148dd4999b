// What we tell Bedrock about a call beside the call itself: it comes back in the model invocation log, where
// reconciliation finds the exchange by it. Ids of ours only, nothing of a person's; see docs/reconciliation.md.
import type { Admission } from '../../canonical/admission.ts';
import type { ConverseBody } from './converse-body.ts';

/** The two entries, by the names under which they stand in `requestMetadata`. */
export interface RequestMetadata extends Record<string, string> {
  /** The exchange (UUID). */
  gw_exchange: string;
  /** The key's id. */
  gw_key: string;
}

/**
 * Bedrock takes up to 16 entries whose names and values have at most 256 characters of a small set, and refuses the
 * whole call otherwise: a UUID and a number always fit.
 */
export function encodeMetadata({
  exchangeId,
  keyId,
}: Pick<Admission, 'exchangeId' | 'keyId'>): RequestMetadata {
  return { gw_exchange: exchangeId, gw_key: String(keyId) };
}

/** In the place where the AWS SDK writes it. */
export function withMetadata(
  { performanceConfig, serviceTier, outputConfig, ...body }: ConverseBody,
  requestMetadata: RequestMetadata,
): ConverseBody {
  return { ...body, requestMetadata, performanceConfig, serviceTier, outputConfig };
}

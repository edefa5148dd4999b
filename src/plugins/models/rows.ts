// Models as the wire shows them. Pure.
import { formatMoney } from '../../lib/money.ts';
import { encodeRequestSettings } from '../../lib/request-settings.ts';
import type { Price } from '../billing/index.ts';
import { encodeCapabilities } from './map-capabilities.ts';
import type { ModelRow as StoredModel } from './repository.ts';
import type { ModelRow } from './schemas.ts';
import { encodeCredentials, encodeFurtherTarget } from './targets/map-targets.ts';

/** `price`: what is in force for it now. */
export function toRow(model: StoredModel, price: Price | undefined): ModelRow {
  return {
    id: model.id,
    name: model.name,
    kind: model.kind,
    target: model.target,
    base_id: model.baseId,
    price_scope: model.priceScope,
    region: model.region,
    credentials: encodeCredentials(model.credentials),
    weight: model.weight,
    spread: model.spread,
    further_targets: model.furtherTargets.map(encodeFurtherTarget),
    display_name: model.displayName,
    vendor: model.vendor,
    context_tokens: model.contextTokens,
    max_output_tokens: model.maxOutputTokens,
    capabilities: encodeCapabilities(model.capabilities),
    defaults: encodeRequestSettings(model.defaults),
    is_free: model.isFree,
    is_retired: model.isRetired,
    price:
      price?.map(({ overInputTokens, input, output, image, embedding }) => ({
        over_input_tokens: overInputTokens,
        input: formatMoney(input),
        output: formatMoney(output),
        image: image === null ? null : formatMoney(image),
        embedding: embedding === null ? null : formatMoney(embedding),
      })) ?? null,
    created_at: model.createdAt.toISOString(),
    updated_at: model.updatedAt.toISOString(),
  };
}

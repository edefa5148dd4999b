// Models as Anthropic lists them.

export interface ListedModel {
  /** The public name a client asks for. */
  id: string;
  displayName: string;
  createdAt: Date;
  /** Tokens. */
  contextTokens: number;
  maxOutputTokens: number;
}

/** `ModelInfo` of @anthropic-ai/sdk; what the catalogue does not know is null. */
export interface AnthropicModel {
  type: 'model';
  id: string;
  display_name: string;
  /** RFC 3339. */
  created_at: string;
  max_input_tokens: number;
  max_tokens: number;
  lifecycle: 'active';
  line: null;
  capabilities: null;
  deprecated_at: null;
  retires_at: null;
}

export interface AnthropicModelList {
  data: AnthropicModel[];
  has_more: false;
  first_id: string | null;
  last_id: string | null;
}

export function encodeModel(model: ListedModel): AnthropicModel {
  return {
    type: 'model',
    id: model.id,
    display_name: model.displayName,
    created_at: model.createdAt.toISOString(),
    max_input_tokens: model.contextTokens,
    max_tokens: model.maxOutputTokens,
    lifecycle: 'active',
    line: null,
    capabilities: null,
    deprecated_at: null,
    retires_at: null,
  };
}

/** Always all of them: a catalogue is short, and `limit` is a client's wish for no more than it can take at a time. */
export function encodeModelList(models: readonly ListedModel[]): AnthropicModelList {
  return {
    data: models.map(encodeModel),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  };
}

// What a person types about a model, and the bodies that follow from it.
import type {
  Capabilities,
  CreateModelBody,
  ModelRow,
  UpdateModelBody,
} from '../../../../src/plugins/models/schemas.ts';
import type { PlainKey } from '../../i18n/messages.ts';

export interface ModelForm {
  name: string;
  target: string;
  base_id: string;
  price_scope: string;
  region: string;
  display_name: string;
  vendor: string;
  context_tokens: string;
  max_output_tokens: string;
  is_free: boolean;
  is_retired: boolean;
  input_includes_cached: boolean;
}

export type ModelFormErrors = Partial<Record<keyof ModelForm, PlainKey>>;

export function emptyModelForm(): ModelForm {
  return {
    name: '',
    target: '',
    base_id: '',
    price_scope: 'in-region',
    region: '',
    display_name: '',
    vendor: '',
    context_tokens: '200000',
    max_output_tokens: '8192',
    is_free: false,
    is_retired: false,
    input_includes_cached: false,
  };
}

export function modelFormOf(row: ModelRow): ModelForm {
  return {
    name: row.name,
    target: row.target,
    base_id: row.base_id,
    price_scope: row.price_scope,
    region: row.region ?? '',
    display_name: row.display_name,
    vendor: row.vendor,
    context_tokens: String(row.context_tokens),
    max_output_tokens: String(row.max_output_tokens),
    is_free: row.is_free,
    is_retired: row.is_retired,
    input_includes_cached: row.capabilities.input_includes_cached ?? false,
  };
}

const NEEDED = ['name', 'target', 'base_id', 'price_scope', 'vendor'] as const;
const COUNTS = ['context_tokens', 'max_output_tokens'] as const;

export function checkModelForm(form: ModelForm): ModelFormErrors {
  const errors: ModelFormErrors = {};
  for (const name of NEEDED) if (form[name].trim() === '') errors[name] = 'form.required';
  for (const name of COUNTS) if (!/^[1-9]\d{0,8}$/.test(form[name].trim())) errors[name] = 'form.required';
  return errors;
}

/** `capabilities`: those the model has already; the form knows only one of them. */
export function toCreateBody(form: ModelForm, capabilities: Capabilities = {}): CreateModelBody {
  const name = form.name.trim();
  return {
    name,
    target: form.target.trim(),
    base_id: form.base_id.trim(),
    price_scope: form.price_scope.trim(),
    region: form.region.trim() === '' ? null : form.region.trim(),
    display_name: form.display_name.trim() || name,
    vendor: form.vendor.trim(),
    context_tokens: Number(form.context_tokens),
    max_output_tokens: Number(form.max_output_tokens),
    capabilities: { ...capabilities, input_includes_cached: form.input_includes_cached },
    is_free: form.is_free,
    is_retired: form.is_retired,
  };
}

/** The name stays; everything that says what is called, and what it costs, comes from the other model. */
export function pointAt(row: ModelRow, other: ModelRow): UpdateModelBody {
  return {
    id: row.id,
    kind: other.kind,
    target: other.target,
    base_id: other.base_id,
    price_scope: other.price_scope,
    region: other.region,
    vendor: other.vendor,
    context_tokens: other.context_tokens,
    max_output_tokens: other.max_output_tokens,
    capabilities: other.capabilities,
    is_free: other.is_free,
    is_retired: other.is_retired,
  };
}

// What a person types about a model, and the bodies that follow from it.
import type {
  Capabilities,
  CreateModelBody,
  ModelRow,
  UpdateModelBody,
} from '../../../../src/plugins/models/schemas.ts';
import {
  lacksVersion,
  type SettingsForm,
  settingsFormOf,
  toRequestSettings,
} from '../../format/request-settings.ts';
import type { PlainKey } from '../../i18n/messages.ts';
import { capabilitiesOf } from './capability-fields.ts';
import {
  type CredentialsForm,
  credentialsFormOf,
  emptyTarget,
  isWeight,
  lacksValue,
  noCredentials,
  type TargetForm,
  targetFormsOf,
  toCredentials,
  toFurtherTargets,
} from './target-form.ts';

export interface ModelForm {
  name: string;
  kind: ModelRow['kind'];
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
  defaults: SettingsForm;
  /** Of the first target. */
  credentials: CredentialsForm;
  weight: string;
  spread: ModelRow['spread'];
  further_targets: TargetForm[];
  capabilities: Capabilities;
}

/** By member; of further targets `further_targets.0.target`, as the gateway names them. */
export type ModelFormErrors = Partial<Record<string, PlainKey>>;

export function emptyModelForm(): ModelForm {
  return {
    name: '',
    kind: 'chat',
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
    defaults: settingsFormOf(),
    credentials: noCredentials(),
    weight: '1',
    spread: 'ordered',
    further_targets: [],
    capabilities: {},
  };
}

export function modelFormOf(row: ModelRow): ModelForm {
  return {
    name: row.name,
    kind: row.kind,
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
    defaults: settingsFormOf(row.defaults),
    credentials: credentialsFormOf(row.credentials),
    weight: String(row.weight),
    spread: row.spread,
    further_targets: targetFormsOf(row),
    capabilities: { ...row.capabilities },
  };
}

const NEEDED = ['name', 'target', 'base_id', 'price_scope', 'vendor'] as const;

/** Only a model that chats has output tokens. */
export function countsOf(kind: ModelRow['kind']): readonly ('context_tokens' | 'max_output_tokens')[] {
  return kind === 'chat' ? ['context_tokens', 'max_output_tokens'] : ['context_tokens'];
}
/** The gateway wants a number of every model; the shipped ones that do not chat have this. */
const NO_OUTPUT_TOKENS = 1;

export function checkModelForm(form: ModelForm): ModelFormErrors {
  const errors: ModelFormErrors = {};
  for (const name of NEEDED) if (form[name].trim() === '') errors[name] = 'form.required';
  for (const name of countsOf(form.kind))
    if (!/^[1-9]\d{0,8}$/.test(form[name].trim())) errors[name] = 'form.required';
  if (lacksVersion(form.defaults)) errors.defaults = 'settings.versionNeeded';
  checkTarget(errors, '', form);
  for (const [index, target] of form.further_targets.entries()) {
    for (const name of ['target', 'price_scope'] as const)
      if (target[name].trim() === '') errors[`further_targets.${index}.${name}`] = 'form.required';
    checkTarget(errors, `further_targets.${index}.`, target);
  }
  return errors;
}

function checkTarget(
  errors: ModelFormErrors,
  path: string,
  { weight, credentials }: Pick<TargetForm, 'weight' | 'credentials'>,
): void {
  if (!isWeight(weight)) errors[`${path}weight`] = 'targets.weightWrong';
  if (lacksValue(credentials)) errors[`${path}credentials`] = 'form.required';
}

/** One place up; the first of the further ones becomes the model's first. */
export function moveUp(form: ModelForm, index: number): ModelForm {
  const targets = [...form.further_targets];
  const moved = targets[index];
  if (moved === undefined) return form;
  if (index === 0) {
    const { target, region, price_scope, weight, credentials } = form;
    targets[0] = { ...emptyTarget(), target, region, price_scope, weight, credentials };
    return { ...form, ...moved, further_targets: targets };
  }
  targets.splice(index, 1);
  targets.splice(index - 1, 0, moved);
  return { ...form, further_targets: targets };
}

function toCapabilities({ kind, capabilities, input_includes_cached }: ModelForm): Capabilities {
  const said = capabilitiesOf(kind, capabilities);
  return kind === 'chat' ? { ...said, input_includes_cached } : said;
}

export function toCreateBody(form: ModelForm): CreateModelBody {
  const name = form.name.trim();
  return {
    name,
    kind: form.kind,
    target: form.target.trim(),
    base_id: form.base_id.trim(),
    price_scope: form.price_scope.trim(),
    region: form.region.trim() === '' ? null : form.region.trim(),
    credentials: toCredentials(form.credentials),
    weight: Number(form.weight),
    spread: form.spread,
    further_targets: toFurtherTargets(form.further_targets),
    display_name: form.display_name.trim() || name,
    vendor: form.vendor.trim(),
    context_tokens: Number(form.context_tokens),
    max_output_tokens: form.kind === 'chat' ? Number(form.max_output_tokens) : NO_OUTPUT_TOKENS,
    capabilities: toCapabilities(form),
    defaults: toRequestSettings(form.defaults),
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
    credentials: other.credentials,
    weight: other.weight,
    spread: other.spread,
    further_targets: other.further_targets,
    vendor: other.vendor,
    context_tokens: other.context_tokens,
    max_output_tokens: other.max_output_tokens,
    capabilities: other.capabilities,
    is_free: other.is_free,
    is_retired: other.is_retired,
  };
}

// What a key's own settings do to a request: the models it may ask for, and what it gets where it says nothing. Pure.
import type { ChatRequest } from '../../canonical/request.ts';
import type { KeyPrincipal } from '../auth/index.ts';
import type { Model } from '../models/index.ts';

export type ModelLists = Pick<KeyPrincipal, 'allowedModels' | 'group'>;

/**
 * The key's list and its group's must both have the model. Asked of the model found, not of the client's word for it:
 * a name that only `default` answers is `default`.
 */
export function mayUse({ allowedModels, group }: ModelLists, { name }: Pick<Model, 'name'>): boolean {
  return isListed(allowedModels, name) && isListed(group?.allowedModels ?? null, name);
}

/** Entries are whole names, or with a `*` at the end beginnings. */
function isListed(list: readonly string[] | null, name: string): boolean {
  return (
    list === null ||
    list.some((entry) => (entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry))
  );
}

/**
 * A model that takes temperature or top_p but not both keeps the one that the client named: the encoder would prefer
 * the temperature.
 */
export function withDefaults(
  request: ChatRequest,
  { maxOutputTokens, temperature, topP }: KeyPrincipal['defaults'],
  { capabilities }: Pick<Model, 'capabilities'>,
): ChatRequest {
  const isEither = capabilities.sampling === 'temperature_or_top_p';
  return {
    ...request,
    maxOutputTokens: request.maxOutputTokens ?? maxOutputTokens ?? null,
    temperature: request.temperature ?? (isEither && request.topP !== null ? null : (temperature ?? null)),
    topP: request.topP ?? (isEither && request.temperature !== null ? null : (topP ?? null)),
  };
}

/** A body without a model gets the key's own; one that names none of the right kind is left to the schema. */
export function fillModel(body: unknown, model: string | undefined): void {
  if (model === undefined || typeof body !== 'object' || body === null || Array.isArray(body)) return;
  if (!Object.hasOwn(body, 'model')) Object.assign(body, { model });
}

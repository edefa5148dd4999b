// Who decides about guardrail, service tier and latency mode: the request where its key may choose, else the key, else
// the model. See docs/decisions/0031-who-may-choose.md. Pure.
import { isDeepStrictEqual } from 'node:util';
import { Refusal } from '../../canonical/refusal.ts';
import type { ChatRequest, DroppedFeature } from '../../canonical/request.ts';
import type { RequestSetting, RequestSettings } from '../../canonical/request-settings.ts';
import type { KeyPrincipal } from '../auth/index.ts';
import type { Model } from '../models/index.ts';

/** Whose word it is; null: nobody's. */
export type Chooser = 'request' | 'key' | 'model' | null;

export interface SettledRequest {
  request: ChatRequest;
  /** What it asked for and may not choose, where it gets something else. */
  ignored: DroppedFeature[];
  tierChosenBy: Chooser;
}

type Wishes = Pick<ChatRequest, 'guardrail' | 'serviceTier' | 'latency'>;
type Member = keyof RequestSettings;

/** What is meant by saying nothing. */
const UNSAID: { readonly [M in Member]: Wishes[M] } = {
  guardrail: null,
  serviceTier: 'default',
  latency: 'standard',
};

export function withSettings(
  asked: ChatRequest,
  key: Pick<KeyPrincipal, 'defaults' | 'mayChoose'>,
  model: Pick<Model, 'defaults'>,
): SettledRequest {
  const ignored: DroppedFeature[] = [];

  function settle<M extends Member>(member: M, name: RequestSetting): { value: Wishes[M]; by: Chooser } {
    const wish = asked[member];
    if (wish !== null && key.mayChoose.includes(name)) return { value: wish, by: 'request' };
    const [ofKey, ofModel] = [key.defaults[member], model.defaults[member]];
    const value = ofKey ?? ofModel ?? null;
    const isGranted = wish === null || isDeepStrictEqual(wish, value ?? UNSAID[member]);
    if (!isGranted) ignored.push(member);
    if (value === null) return { value: isGranted ? wish : null, by: null };
    // Declared as the members' own types a line above; the compiler does not follow a generic member that far.
    return { value: value as Wishes[M], by: ofKey === undefined ? 'model' : 'key' };
  }

  const guardrail = settle('guardrail', 'guardrail').value;
  const tier = settle('serviceTier', 'service_tier');
  const latency = settle('latency', 'latency').value;
  const request = { ...asked, guardrail, serviceTier: tier.value, latency };
  return { request, ignored, tierChosenBy: tier.by };
}

/** The price book's word for the tier that needs no word upstream. */
export const STANDARD_TIER = 'standard';

/** In the price book's words. An upstream's tier that nobody asks for (`reserved`) has the standard price. */
export function pricedTier(tier: string | null | undefined): string {
  return tier === 'flex' || tier === 'priority' ? tier : STANDARD_TIER;
}

/** @throws Refusal where the catalogue does not say that the model is served in this tier */
export function checkTier(
  { request: { serviceTier }, tierChosenBy }: SettledRequest,
  { capabilities: { serviceTiers = [] }, name }: Pick<Model, 'capabilities' | 'name'>,
): void {
  if (serviceTier === null || serviceTier === 'default') return;
  if (!serviceTiers.includes(serviceTier))
    throw tierRefused({ tier: serviceTier, chooser: tierChosenBy, name });
}

/** For a tier that the model is not served in, or that has no price. */
export function tierRefused(facts: { tier: string; chooser: Chooser; name: string }): Refusal {
  const { tier, chooser, name } = facts;
  const message =
    chooser === 'key' || chooser === 'model'
      ? `The model \`${name}\` cannot be had in the service tier '${tier}', which the defaults of ${OWNERS[chooser]} ask for. An administrator must change them, or give the model this tier and a price for it.`
      : `The model \`${name}\` cannot be had in the service tier '${tier}'.`;
  return new Refusal('unsupported_value', message, { param: 'service_tier' });
}

const OWNERS = { key: 'this key', model: 'the model' } as const;

// The ways to a model in our words <-> on the wire, and what must hold among them. Pure.
import type { CredentialSource } from '../../../canonical/admission.ts';
import { ModelInvalid } from '../errors.ts';
import type { FurtherTarget as Stored } from '../repository.ts';
import type { Credentials, FurtherTarget, FurtherTargetRow } from './schemas.ts';

export function encodeCredentials(source: CredentialSource | null): Credentials | null {
  if (source?.kind !== 'role') return source;
  const { roleArn, externalId } = source;
  return { kind: 'role', role_arn: roleArn, ...(externalId !== undefined && { external_id: externalId }) };
}

/** @throws ModelInvalid unless exactly the members of its kind are there */
export function decodeCredentials(credentials: Credentials | null, path: string): CredentialSource | null {
  if (credentials === null) return null;
  const { kind, ...members } = credentials;
  const { role_arn: roleArn, external_id: externalId, profile, variable } = members;
  const foreign = Object.keys(members).find((name) => !MEMBERS[kind].includes(name));
  if (foreign !== undefined) throw new ModelInvalid(`${path}.${foreign}`, `does not belong to kind ${kind}`);
  if (kind === 'profile' && profile !== undefined) return { kind, profile };
  if (kind === 'bearer' && variable !== undefined) return { kind, variable };
  if (kind === 'role' && roleArn !== undefined)
    return { kind, roleArn, ...(externalId !== undefined && { externalId }) };
  throw new ModelInvalid(`${path}.${MEMBERS[kind][0]}`, `is needed for kind ${kind}`);
}

/** The first one is needed. */
const MEMBERS: Readonly<Record<Credentials['kind'], readonly [string, ...string[]]>> = {
  profile: ['profile'],
  role: ['role_arn', 'external_id'],
  bearer: ['variable'],
};

export function encodeFurtherTarget(stored: Stored): FurtherTargetRow {
  const { target, priceScope, region, credentials, weight } = stored;
  return { target, price_scope: priceScope, region, credentials: encodeCredentials(credentials), weight };
}

export function decodeFurtherTargets(targets: readonly FurtherTarget[]): Stored[] {
  return targets.map(({ target, price_scope, region = null, credentials = null, weight = 1 }, index) => ({
    target,
    priceScope: price_scope,
    region,
    credentials: decodeCredentials(credentials, `further_targets.${index}.credentials`),
    weight,
  }));
}

/** @throws ModelInvalid if two are the same way: the second could only fail like the first */
export function checkTargets(
  first: Omit<Stored, 'weight' | 'priceScope'>,
  further: readonly Stored[],
  region: string,
) {
  const seen = new Set([wayOf(first, region)]);
  for (const [index, target] of further.entries()) {
    const way = wayOf(target, region);
    if (seen.has(way)) throw new ModelInvalid(`further_targets.${index}`, 'is the same as one before it');
    seen.add(way);
  }
}

function wayOf({ target, region, credentials }: Omit<Stored, 'weight' | 'priceScope'>, own: string): string {
  const source = encodeCredentials(credentials);
  return JSON.stringify([target, region ?? own, source === null ? null : Object.entries(source).sort()]);
}

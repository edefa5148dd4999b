// What a person types about the ways to a model, and the members of the body that follow from it.
import type { Credentials, FurtherTarget, ModelRow } from '../../../../src/plugins/models/schemas.ts';

export interface CredentialsForm {
  kind: 'own' | Credentials['kind'];
  /** Profile, role ARN or name of a variable. */
  value: string;
  external_id: string;
}

export interface TargetForm {
  target: string;
  region: string;
  price_scope: string;
  weight: string;
  credentials: CredentialsForm;
}

export function emptyTarget(): TargetForm {
  return { target: '', region: '', price_scope: 'in-region', weight: '1', credentials: noCredentials() };
}

export function noCredentials(): CredentialsForm {
  return { kind: 'own', value: '', external_id: '' };
}

export function credentialsFormOf(credentials: Credentials | null): CredentialsForm {
  if (credentials === null) return noCredentials();
  const { kind, profile, role_arn, variable, external_id = '' } = credentials;
  return { kind, value: profile ?? role_arn ?? variable ?? '', external_id };
}

export function toCredentials(form: CredentialsForm): Credentials | null {
  const value = form.value.trim();
  const externalId = form.external_id.trim();
  switch (form.kind) {
    case 'own':
      return null;
    case 'profile':
      return { kind: 'profile', profile: value };
    case 'bearer':
      return { kind: 'bearer', variable: value };
    case 'role':
      return { kind: 'role', role_arn: value, ...(externalId !== '' && { external_id: externalId }) };
  }
}

export function targetFormsOf({ further_targets }: Pick<ModelRow, 'further_targets'>): TargetForm[] {
  return further_targets.map(({ target, region, price_scope, weight, credentials }) => ({
    target,
    region: region ?? '',
    price_scope,
    weight: String(weight),
    credentials: credentialsFormOf(credentials),
  }));
}

export function toFurtherTargets(forms: readonly TargetForm[]): FurtherTarget[] {
  return forms.map(({ target, region, price_scope, weight, credentials }) => ({
    target: target.trim(),
    region: region.trim() || null,
    price_scope: price_scope.trim(),
    weight: Number(weight),
    credentials: toCredentials(credentials),
  }));
}

export const isWeight = (text: string) => /^(1000|[1-9]\d{0,2}|0)$/.test(text.trim());

export const lacksValue = ({ kind, value }: CredentialsForm) => kind !== 'own' && value.trim() === '';

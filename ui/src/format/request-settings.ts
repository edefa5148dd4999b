// Guardrail, service tier and latency mode as a person chooses them, and as the gateway takes them. Pure.
import type { KeyDefaults } from '../../../src/plugins/keys/schemas.ts';

export type RequestSettings = Pick<KeyDefaults, 'guardrail' | 'service_tier' | 'latency'>;
type Guardrail = NonNullable<RequestSettings['guardrail']>;

export const TIERS = ['default', 'flex', 'priority'] as const;
export const LATENCIES = ['standard', 'optimized'] as const;

export interface SettingsForm {
  service_tier: (typeof TIERS)[number] | 'unset';
  latency: (typeof LATENCIES)[number] | 'unset';
  guardrail: string;
  version: string;
  /** What the form does not show of the guardrail: it stays while the guardrail does. */
  more: Omit<Guardrail, 'id' | 'version'>;
}

export function settingsFormOf({ guardrail, service_tier, latency }: RequestSettings = {}): SettingsForm {
  const { id = '', version = '', ...more } = guardrail ?? {};
  return {
    service_tier: service_tier ?? 'unset',
    latency: latency ?? 'unset',
    guardrail: id,
    version,
    more,
  };
}

export function lacksVersion({ guardrail, version }: SettingsForm): boolean {
  return guardrail.trim() !== '' && version.trim() === '';
}

/** Only what is set. */
export function toRequestSettings(form: SettingsForm): RequestSettings {
  const id = form.guardrail.trim();
  return {
    ...(id !== '' && { guardrail: { id, version: form.version.trim(), ...form.more } }),
    ...(form.service_tier !== 'unset' && { service_tier: form.service_tier }),
    ...(form.latency !== 'unset' && { latency: form.latency }),
  };
}

/** In one line, for who only looks. */
export function describeSettings({ guardrail, service_tier, latency }: RequestSettings): string[] {
  return [
    ...(service_tier ? [`service_tier ${service_tier}`] : []),
    ...(latency ? [`latency ${latency}`] : []),
    ...(guardrail ? [`guardrail ${guardrail.id}:${guardrail.version}`] : []),
  ];
}

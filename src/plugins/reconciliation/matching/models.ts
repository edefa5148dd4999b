// Which model of the catalogue AWS means. A wrong match would balance falsely, so names must be equal after a fixed
// rewriting; what does not match is shown under AWS's own name.

export interface ModelIdentity {
  name: string;
  /** Model id, inference profile or ARN. */
  target: string;
  baseId: string;
  displayName: string;
}

export interface ModelNames {
  /** Of a model id, inference profile or ARN, as logs and our own calls have it. */
  ofTarget(target: string): string | undefined;
  /** Of a name in the bill: `Claude4.6Sonnet`, `Claude Sonnet 4.6`, or a model id. */
  ofBillingName(name: string): string | undefined;
}

/** Prefix of an inference profile: where it may run. */
const SCOPE = /^(?:us|eu|apac|ap|jp|au|ca|sa|me|us-gov|global)\./;

/** Billing names that no rewriting turns into the model's name. */
const ALIASES: Readonly<Record<string, string>> = {
  'Nova2.0Lite': 'amazon.nova-2-lite-v1:0',
  'Nova2.0Omni': 'amazon.nova-2-omni-v1:0',
  'Nova2.0Pro': 'amazon.nova-2-pro-v1:0',
};

export function createModelNames(models: readonly ModelIdentity[]): ModelNames {
  const byTarget = new Map<string, string>();
  const baseIds = new Set(models.map(({ baseId }) => baseId));
  const byWords = new Map<string, Set<string>>();
  for (const { target, baseId, displayName } of models) {
    byTarget.set(target, baseId);
    const words = wordsOf(displayName);
    byWords.set(words, (byWords.get(words) ?? new Set()).add(baseId));
  }

  function ofTarget(target: string): string | undefined {
    const known = byTarget.get(target);
    if (known !== undefined) return known;
    if (target.includes(':application-inference-profile/')) return undefined;
    const id = target.startsWith('arn:') ? target.slice(target.lastIndexOf('/') + 1) : target;
    const base = id.replace(SCOPE, '');
    return byTarget.get(id) ?? (baseIds.has(base) ? base : undefined);
  }

  function ofBillingName(name: string): string | undefined {
    const alias = ALIASES[name];
    if (alias !== undefined && baseIds.has(alias)) return alias;
    const direct = ofTarget(name);
    if (direct !== undefined) return direct;
    const found = byWords.get(wordsOf(name));
    const [only] = found ?? [];
    return found?.size === 1 ? only : undefined;
  }

  return { ofTarget, ofBillingName };
}

/** `Claude4.6Sonnet`, `Claude Sonnet 4.6` -> `4.6 claude sonnet`. Digits stay whole: 4.7 is not 4.6. */
function wordsOf(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([a-zA-Z])(\d)/g, '$1 $2')
    .replace(/(\d)([a-zA-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\da-z.]+/)
    .filter(Boolean)
    .sort()
    .join(' ');
}

// The proof that a request may reach an upstream. Only chat-proxy's admission makes one, and every provider
// call asks for one, so that no route can skip the money.

declare const admitted: unique symbol;

/** What we call upstream. */
export interface UpstreamTarget {
  /** Model id, inference profile id or ARN, exactly as Bedrock takes it. */
  modelId: string;
  region: string;
  /** Whose word the call is sent under; undefined: the process's own. */
  credentials?: CredentialSource | undefined;
}

/** Where the upstream's credentials come from. No secret stands in it. */
export type CredentialSource =
  /** A profile of the process's AWS configuration. */
  | { kind: 'profile'; profile: string }
  /** Assumed with the process's own credentials. */
  | { kind: 'role'; roleArn: string; externalId?: string | undefined }
  /** A Bedrock API key in an environment variable of this name. */
  | { kind: 'bearer'; variable: string };

/** The same for the same place; of none, the process's own, ''. */
export function nameOfSource(source: CredentialSource | undefined): string {
  switch (source?.kind) {
    case undefined:
      return '';
    case 'profile':
      return `profile ${source.profile}`;
    case 'role':
      return `role ${source.roleArn} ${source.externalId ?? ''}`;
    case 'bearer':
      return `bearer ${source.variable}`;
  }
}

/** For who must not read an account's id: `arn:aws:bedrock:us-east-1:123456789012:inference-profile/x` -> `inference-profile/x`. */
export function withoutAccount(modelId: string): string {
  return modelId.startsWith('arn:') ? modelId.split(':').slice(5).join(':') : modelId;
}

export interface Admission {
  readonly [admitted]: true;
  /** Unique per exchange, also the key of its hold and ledger entries (UUID). */
  readonly exchangeId: string;
  /** Whose exchange it is. */
  readonly keyId: number;
  /** Where it may go, most wanted first; the hold covers the dearest of them. */
  readonly targets: readonly [UpstreamTarget, ...UpstreamTarget[]];
}

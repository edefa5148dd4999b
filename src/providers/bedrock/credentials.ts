// A target's own credentials -> configuration of the AWS SDK. Secrets stay where the SDK reads them: here are only the
// names of their places.
import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { fromIni, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { CredentialSource } from '../../canonical/admission.ts';
import type { Environment } from './sdk-config.ts';

/** Says in AWS's logs who assumed a role. */
const SESSION_NAME = 'brconnector';

/** Only variables of this name are read, so that a model's row cannot send any other variable of the process anywhere. */
const BEARER_VARIABLE = /^AWS_BEARER_TOKEN_[A-Z0-9_]+$/;

export interface SourceOptions {
  /** Of the process itself: endpoint settings stay, its identity does not. */
  config: BedrockRuntimeClientConfig;
  env: Environment;
  region: string;
}

/** @throws Error naming the place where there is no secret; nothing of the secret is in it */
export function configFor(
  source: CredentialSource,
  { config, env, region }: SourceOptions,
): BedrockRuntimeClientConfig {
  const { credentials: own, token: _token, authSchemePreference: _scheme, ...endpoint } = config;
  const signing = { ...endpoint, authSchemePreference: ['sigv4'] };
  switch (source.kind) {
    case 'profile':
      return { ...signing, credentials: fromIni({ profile: source.profile }) };
    case 'role': {
      const { roleArn, externalId } = source;
      return {
        ...signing,
        credentials: fromTemporaryCredentials({
          params: {
            RoleArn: roleArn,
            RoleSessionName: SESSION_NAME,
            ...(externalId !== undefined && { ExternalId: externalId }),
          },
          ...(own !== undefined && { masterCredentials: own }),
          clientConfig: { region, ...stsEndpoint(env) },
        }),
      };
    }
    case 'bearer': {
      const { variable } = source;
      const token = BEARER_VARIABLE.test(variable) ? env[variable]?.trim() : undefined;
      if (token === undefined || token === '') throw new Error(`${variable} is not set`);
      return { ...endpoint, token: { token }, authSchemePreference: ['httpBearerAuth'] };
    }
  }
}

function stsEndpoint({ AWS_ENDPOINT_URL_STS: endpoint }: Environment) {
  return endpoint === undefined || endpoint === '' ? {} : { endpoint };
}

// Environment -> configuration of the AWS SDK, for callers that bring an environment of their own.
import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Without `env` the SDK reads the process's environment and files itself. With it, these variables count as
 * if they were the process's, and the process's own bearer token does not: AWS_BEARER_TOKEN_BEDROCK,
 * AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_ENDPOINT_URL_BEDROCK_RUNTIME,
 * AWS_ENDPOINT_URL, AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT. What `env` lacks, the SDK still finds
 * in its other places.
 */
export function sdkConfig(env: Environment | undefined): BedrockRuntimeClientConfig {
  if (env === undefined) {
    // The SDK prefers this token over everything else; given explicitly, its identity can be asked for.
    return bearerConfig(process.env.AWS_BEARER_TOKEN_BEDROCK) ?? {};
  }
  const endpoint = text(env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME) ?? text(env.AWS_ENDPOINT_URL);
  const credentials = staticCredentials(env);
  return {
    ...(bearerConfig(env.AWS_BEARER_TOKEN_BEDROCK) ?? { authSchemePreference: ['sigv4'] }),
    ...(credentials && { credentials }),
    ...(endpoint !== undefined && { endpoint }),
    ...(env.AWS_USE_FIPS_ENDPOINT !== undefined && { useFipsEndpoint: isTrue(env.AWS_USE_FIPS_ENDPOINT) }),
    ...(env.AWS_USE_DUALSTACK_ENDPOINT !== undefined && {
      useDualstackEndpoint: isTrue(env.AWS_USE_DUALSTACK_ENDPOINT),
    }),
  };
}

function bearerConfig(token: string | undefined): BedrockRuntimeClientConfig | null {
  const value = text(token);
  return value === undefined ? null : { token: { token: value }, authSchemePreference: ['httpBearerAuth'] };
}

function staticCredentials(env: Environment) {
  const accessKeyId = text(env.AWS_ACCESS_KEY_ID);
  const secretAccessKey = text(env.AWS_SECRET_ACCESS_KEY);
  const sessionToken = text(env.AWS_SESSION_TOKEN);
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

function text(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value;
}

function isTrue(value: string): boolean {
  return value.toLowerCase() === 'true';
}

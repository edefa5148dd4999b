// What the AWS SDK would send for a Converse body of ours, byte for byte, without a network: its client serialises, and
// a handler in the place of its transport keeps the body.
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import type { ConverseBody } from '../../src/wire/bedrock/converse-body.ts';

export type SdkBodies = (
  body: ConverseBody,
  how: { operation: 'Converse' | 'ConverseStream'; metadata: Record<string, string> },
) => Promise<string>;

export function createSdkBodies(): SdkBodies {
  let sent = '';
  const client = new BedrockRuntimeClient({
    region: 'us-east-1',
    token: { token: 'not-a-secret' },
    authSchemePreference: ['httpBearerAuth'],
    maxAttempts: 1,
    requestHandler: {
      handle: async ({ body }: { body: string | Uint8Array }) => {
        sent = typeof body === 'string' ? body : Buffer.from(body).toString();
        throw new Error('only what is sent counts');
      },
    },
  });
  return async (body, { operation, metadata }) => {
    sent = '';
    // Blobs apart, ours are the SDK's own shapes.
    const input = withBytes({ modelId: 'm', ...body, requestMetadata: metadata }) as ConverseCommandInput;
    const command = operation === 'Converse' ? new ConverseCommand(input) : new ConverseStreamCommand(input);
    await client.send(command as ConverseCommand).catch(() => undefined);
    return sent;
  };
}

/** Base64 where Converse has blobs -> the arrays of bytes that the SDK's types have there. */
function withBytes(value: unknown, key = ''): unknown {
  if (FREE_FORM.has(key)) return value;
  if (typeof value === 'string') return BLOBS.has(key) ? new Uint8Array(Buffer.from(value, 'base64')) : value;
  if (Array.isArray(value)) return value.map((each) => withBytes(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withBytes(inner, name)]));
}

const BLOBS: ReadonlySet<string> = new Set(['bytes', 'redactedContent']);
/** Any JSON of the client's or the model's own. */
const FREE_FORM: ReadonlySet<string> = new Set(['input', 'json', 'additionalModelRequestFields']);

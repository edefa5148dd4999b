// Reads a body as the routes do: Fastify's own Ajv with the gateway's options, then the decoder, then the encoder of
// errors, which spells the paths.
import Fastify from 'fastify';
import { Refusal } from '../../../src/canonical/refusal.ts';
import {
  type DecodedRequest,
  type DialectHeaders,
  decodeRequest,
} from '../../../src/wire/anthropic/decode-request.ts';
import { encodeError } from '../../../src/wire/anthropic/encode-error.ts';
import { fieldName } from '../../../src/wire/anthropic/name-field.ts';
import { CountTokensBody, MessagesBody } from '../../../src/wire/anthropic/schema.ts';
import { decodeSchemaError, type SchemaError } from '../../../src/wire/decode-schema-error.ts';

type Validate = (body: unknown) => SchemaError[];

async function compile(schema: object): Promise<Validate> {
  const app = Fastify({
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
  });
  let validate: Validate | undefined;
  app.get('/', async (request) => {
    const compiled = request.compileValidationSchema(schema);
    validate = (body) => (compiled(body) ? [] : [...(compiled.errors ?? [])]);
    return {};
  });
  await app.inject('/');
  await app.close();
  if (validate === undefined) throw new Error('Fastify compiled no validator');
  return validate;
}

const validateMessages = await compile(MessagesBody);
const validateCount = await compile(CountTokensBody);

/** Throws Refusal, whether the schema or the decoder finds the fault. */
export function readJson(
  json: string,
  headers: DialectHeaders = {},
  validate = validateMessages,
): DecodedRequest {
  const body: unknown = JSON.parse(json);
  const before = JSON.stringify(body);
  const errors = validate(body);
  if (errors.length > 0) throw decodeSchemaError(errors, body);
  // The schema has just proved the type.
  const decoded = decodeRequest(body as MessagesBody, headers);
  if (JSON.stringify(body) !== before) throw new Error('The body was changed');
  return decoded;
}

export const MINIMAL = { model: 'm', max_tokens: 64, messages: [{ role: 'user', content: 'Hi' }] };

/** A minimal request with some members replaced. */
export function read(members: Record<string, unknown>, headers: DialectHeaders = {}): DecodedRequest {
  return readJson(JSON.stringify({ ...MINIMAL, ...members }), headers);
}

export function readCount(members: Record<string, unknown>): DecodedRequest {
  const { max_tokens: _none, ...minimal } = MINIMAL;
  return readJson(JSON.stringify({ ...minimal, ...members }), {}, validateCount);
}

/** One user turn of these blocks. */
export const user = (...content: unknown[]) => ({ messages: [{ role: 'user', content }] });

/** A turn of the assistant between two of the user. */
export const assistant = (...content: unknown[]) => ({
  messages: [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content },
    { role: 'user', content: 'And?' },
  ],
});

export interface Told {
  kind: string;
  /** In the dialect's spelling. */
  param: string | null;
  status: number;
  type: string;
  message: string;
}

/** The refusal that reading ends in, as the client hears it; throws when the body is taken. */
export function refusalOf(reading: () => unknown): Told {
  try {
    reading();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { status, body } = encodeError(error, { requestId: 'r', now: new Date(0) });
    const param = error.param === null ? null : fieldName(error.param);
    return { kind: error.kind, param, status, type: body.error.type, message: body.error.message };
  }
  throw new Error('The body was taken');
}

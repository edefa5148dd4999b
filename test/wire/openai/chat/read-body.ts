// Reads a body as the chat route does: Fastify's own Ajv with the options the schema asks for, then the decoder.
import Fastify from 'fastify';
import { Refusal } from '../../../../src/canonical/refusal.ts';
import { decodeSchemaError, type SchemaError } from '../../../../src/wire/decode-schema-error.ts';
import { type DecodedRequest, decodeRequest } from '../../../../src/wire/openai/chat/decode-request.ts';
import { AJV_OPTIONS, ChatCompletionBody } from '../../../../src/wire/openai/chat/schema.ts';

async function compile(): Promise<(body: unknown) => SchemaError[]> {
  const app = Fastify({ ajv: { customOptions: AJV_OPTIONS } });
  let validate: ((body: unknown) => SchemaError[]) | undefined;
  app.get('/', async (request) => {
    const compiled = request.compileValidationSchema(ChatCompletionBody);
    validate = (body) => (compiled(body) ? [] : [...(compiled.errors ?? [])]);
    return {};
  });
  await app.inject('/');
  await app.close();
  if (validate === undefined) throw new Error('Fastify compiled no validator');
  return validate;
}

export const validate = await compile();

/** Throws Refusal, whether the schema or the decoder finds the fault. */
export function readJson(json: string): DecodedRequest {
  const body: unknown = JSON.parse(json);
  const before = JSON.stringify(body);
  const errors = validate(body);
  if (JSON.stringify(body) !== before) throw new Error('The validator changed the body');
  if (errors.length > 0) throw decodeSchemaError(errors, body);
  // The schema has just proved the type.
  return decodeRequest(body as ChatCompletionBody);
}

export const MINIMAL = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };

/** A minimal request with some members replaced. */
export function read(members: Record<string, unknown>): DecodedRequest {
  return readJson(JSON.stringify({ ...MINIMAL, ...members }));
}

/** The refusal that reading ends in; throws when the body is taken. */
export function refusalOf(reading: () => unknown): Refusal {
  try {
    reading();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('The body was taken');
}

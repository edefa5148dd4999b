// Reads a body as the route does: Fastify's own Ajv with the options the schema asks for, then the decoder.
import Fastify from 'fastify';
import { Refusal } from '../../../../src/canonical/refusal.ts';
import { decodeSchemaError, type SchemaError } from '../../../../src/wire/decode-schema-error.ts';
import { AJV_OPTIONS } from '../../../../src/wire/openai/chat/schema.ts';
import { type DecodedRequest, decodeRequest } from '../../../../src/wire/openai/responses/decode-request.ts';
import { ResponseBody } from '../../../../src/wire/openai/responses/schema.ts';

async function compile(): Promise<(body: unknown) => SchemaError[]> {
  const app = Fastify({ ajv: { customOptions: AJV_OPTIONS } });
  let validate: ((body: unknown) => SchemaError[]) | undefined;
  app.get('/', async (request) => {
    const compiled = request.compileValidationSchema(ResponseBody);
    validate = (body) => (compiled(body) ? [] : [...(compiled.errors ?? [])]);
    return {};
  });
  await app.inject('/');
  await app.close();
  if (validate === undefined) throw new Error('Fastify compiled no validator');
  return validate;
}

const validate = await compile();

/** Throws Refusal, whether the schema or the decoder finds the fault. */
export function readBody(members: object): { body: ResponseBody; decoded: DecodedRequest } {
  const json = JSON.stringify(members);
  const body: unknown = JSON.parse(json);
  const errors = validate(body);
  if (JSON.stringify(body) !== json) throw new Error('The validator changed the body');
  if (errors.length > 0) throw decodeSchemaError(errors, body);
  // The schema has just proved the type.
  const proved = body as ResponseBody;
  const decoded = decodeRequest(proved);
  if (JSON.stringify(body) !== json) throw new Error('The decoder changed the body');
  return { body: proved, decoded };
}

/** A minimal request with some members replaced. */
export function read(members: object = {}): DecodedRequest {
  return readBody({ model: 'm', input: 'Hi', ...members }).decoded;
}

/** What is refused, as `kind param`; `taken` if it is not. */
export function verdict(members: object): string {
  try {
    read(members);
    return 'taken';
  } catch (error) {
    if (error instanceof Refusal) return `${error.kind} ${error.param}`;
    throw error;
  }
}

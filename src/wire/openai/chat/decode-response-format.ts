// What the answer's text must be.
import type { JsonObject } from '../../../canonical/content.ts';
import type { ResponseFormat } from '../../../canonical/request.ts';
import { missingParameter, oneOf } from '../../refusals.ts';
import type { ChatCompletionBody } from './schema.ts';

const TYPES = ['text', 'json_object', 'json_schema'] as const;

/** @throws Refusal with the path of what cannot be taken */
export function decodeResponseFormat(format: ChatCompletionBody['response_format']): ResponseFormat | null {
  if (format === undefined || format === null) return null;
  switch (oneOf('response_format.type', format.type, TYPES)) {
    case 'text':
      return null;
    case 'json_object':
      return { kind: 'json' };
    case 'json_schema': {
      if (format.json_schema === undefined) throw missingParameter('response_format.json_schema');
      const { name, description, schema, strict } = format.json_schema;
      return {
        kind: 'schema',
        name,
        description: description ?? null,
        // The schema has proved an object; what is in it is for the model.
        schema: (schema ?? {}) as JsonObject,
        isStrict: strict ?? false,
      };
    }
  }
}

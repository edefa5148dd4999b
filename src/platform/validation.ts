// How requests are checked: bodies exactly as sent, queries and path ids with coercion, and no text that the
// database could not hold.

import createError from '@fastify/error';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import fp from 'fastify-plugin';
import { isCidr } from '../lib/addresses.ts';
import { findTextFault, type TextFault } from '../lib/text.ts';

const TextRefused = createError<[string, string]>('TEXT_REFUSED', '%s: %s', 400);

const PROBLEM: Record<TextFault['problem'], string> = {
  nul: 'must not contain a NUL character',
  lone_surrogate: 'must not contain half of a surrogate pair',
  too_deep: 'is nested too deeply',
};

export default fp(
  async (app) => {
    const shared = { removeAdditional: false, allErrors: false, strict: false } as const;
    // Ajv's coercion would turn `null` into 0 and `"5"` into 5 in bodies.
    const bodies = new Ajv({ ...shared, coerceTypes: false, useDefaults: false });
    const strings = new Ajv({ ...shared, coerceTypes: true, useDefaults: true });
    for (const ajv of [bodies, strings]) {
      addFormats.default(ajv);
      ajv.addFormat('cidr', isCidr);
    }
    app.setValidatorCompiler(({ schema, httpPart }) =>
      (httpPart === 'body' ? bodies : strings).compile(schema as object),
    );

    // Only JSON is spoken here: Fastify's own parser would read plain text as a string, and a foreign page can send that.
    app.removeContentTypeParser('text/plain');

    app.addHook('preValidation', (request, _reply, done) => {
      const fault =
        findTextFault(request.body) ?? findTextFault(request.query) ?? findTextFault(request.params);
      done(fault && new TextRefused(fault.path || 'body', PROBLEM[fault.problem]));
    });
  },
  { name: 'validation', fastify: '5.x' },
);

/** An empty value in a query means that it is absent (`?limit=&q=`). A repeated one is an array, which no schema takes. */
export function parseQuery(text: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    if (value === '') continue;
    const earlier = query[name];
    query[name] = earlier === undefined ? value : [earlier, value].flat();
  }
  return query;
}

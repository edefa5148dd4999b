import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import { succeed, success } from '../../../lib/envelope.ts';
import { onceAuthorOf } from '../authors.ts';
import { ImportEncoding } from '../errors.ts';
import { ApplyBody } from '../schemas.ts';
import { ImportBody, ImportQuery, ImportReport } from './schemas.ts';
import type { ImportService } from './service.ts';

export const importRoutes: FastifyPluginAsyncTypebox<{ importer: ImportService }> = async (
  app,
  { importer },
) => {
  app.addContentTypeParser('text/csv', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body as Buffer));
    } catch {
      done(new ImportEncoding());
    }
  });

  app.post(
    '/admin/api-key/import',
    {
      config: { access: 'admin', isSlow: true },
      schema: {
        consumes: ['text/csv'],
        body: ImportBody,
        querystring: ImportQuery,
        response: { 200: success(ImportReport) },
      },
    },
    async (request) =>
      succeed(
        await importer.run({
          text: request.body,
          isDryRun: request.query.dry_run,
          author: onceAuthorOf(request),
          check: (body) => checked(request, body),
          describe,
        }),
      ),
  );

  /** By the same compiled rules as a request's body. */
  function checked(request: FastifyRequest, body: unknown): ApplyBody {
    const validate =
      request.getValidationFunction(ApplyBody) ?? request.compileValidationSchema(ApplyBody, 'body');
    // The schema has just said so.
    if (validate(body as never)) return body as ApplyBody;
    const { errors } = validate;
    throw Object.assign(new Error('a line is not valid'), {
      code: 'IMPORT_LINE_INVALID',
      validation: errors ?? [],
    });
  }

  function describe(error: unknown) {
    const { message, status } = app.describeError(error);
    if (status >= 500) app.log.error({ err: error }, 'an import was stopped');
    return { message, isOurs: status >= 500 };
  }
};

// Who asks, read from a request.
import type { FastifyRequest } from 'fastify';
import { readIdempotencyKey } from '../../lib/idempotency-key.ts';
import type { Author } from '../audit-log/index.ts';
import type { OnceAuthor } from './service.ts';

export function authorOf(request: FastifyRequest): Author {
  return { actor: request.principal.actor, requestId: request.id };
}

export function onceAuthorOf(request: FastifyRequest): OnceAuthor {
  return { ...authorOf(request), idempotencyKey: readIdempotencyKey(request.headers['idempotency-key']) };
}

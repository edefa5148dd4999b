// Who asks, read from a request.
import type { FastifyRequest } from 'fastify';
import type { Author } from '../audit-log/index.ts';
import { IdempotencyKeyInvalid } from './errors.ts';
import type { OnceAuthor } from './service.ts';

export function authorOf(request: FastifyRequest): Author {
  return { actor: request.principal.actor, requestId: request.id };
}

export function onceAuthorOf(request: FastifyRequest): OnceAuthor {
  return { ...authorOf(request), idempotencyKey: readIdempotencyKey(request) };
}

function readIdempotencyKey(request: FastifyRequest): string | null {
  const value = request.headers['idempotency-key'];
  if (value === undefined) return null;
  if (typeof value !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(value)) throw new IdempotencyKeyInvalid();
  return value;
}

// Which conversation a request belongs to.
import type { FastifyRequest } from 'fastify';
import { SessionIdInvalid } from './errors.ts';

const SESSION_ID = /^[\w.:@/+=-]{1,128}$/;

/** @throws SessionIdInvalid; null: none that anybody named */
export function sessionKeyOf(request: FastifyRequest): string | null {
  const value = request.headers['session-id'];
  if (value === undefined) return null;
  if (typeof value !== 'string' || !SESSION_ID.test(value)) throw new SessionIdInvalid();
  return value;
}

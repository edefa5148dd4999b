import createError from '@fastify/error';

export const SessionNotFound = createError('SESSION_NOT_FOUND', 'no such session', 404);
export const IdMissing = createError('ID_MISSING', 'id: is required', 400);

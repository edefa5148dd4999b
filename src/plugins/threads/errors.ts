import createError from '@fastify/error';

export const ThreadNotFound = createError('THREAD_NOT_FOUND', 'no such thread', 404);
export const IdMissing = createError('ID_MISSING', 'id: is required', 400);

import createError from '@fastify/error';

export const ThreadNotFound = createError('THREAD_NOT_FOUND', 'no such thread', 404);
export const IdMissing = createError('ID_MISSING', 'id: is required', 400);
export const EventsOnly = createError(
  'EVENTS_ONLY',
  'this answers only text/event-stream; the Accept header must allow it',
  406,
);

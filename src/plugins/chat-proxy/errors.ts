import createError from '@fastify/error';

export const SessionIdInvalid = createError(
  'SESSION_ID_INVALID',
  'Session-Id: 1 to 128 characters of letters, digits and _.:@/+=-',
  400,
);

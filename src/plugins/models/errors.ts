import createError from '@fastify/error';

export const ModelNotFound = createError('MODEL_NOT_FOUND', 'no such model', 404);
export const ModelExists = createError('MODEL_EXISTS', 'name: another model has this name', 409);
export const ModelInvalid = createError<[string, string]>('MODEL_INVALID', '%s: %s', 400);

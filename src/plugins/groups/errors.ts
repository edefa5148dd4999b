import createError from '@fastify/error';

export const GroupNotFound = createError('GROUP_NOT_FOUND', 'no such group', 404);
export const GroupInUse = createError(
  'GROUP_IN_USE',
  'keys are in this group (%s): move or delete them first',
  409,
);
export const GroupIsDefault = createError('GROUP_IS_DEFAULT', 'the default group cannot be deleted', 409);

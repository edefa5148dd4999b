import createError from '@fastify/error';

export const ReceiptNotFound = createError('RECEIPT_NOT_FOUND', 'no such thread', 404);

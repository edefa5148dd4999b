import createError from '@fastify/error';

export const ChannelNotFound = createError('CHANNEL_NOT_FOUND', 'no such alert channel', 404);
export const ChannelInvalid = createError('CHANNEL_INVALID', '%s: %s', 400);
export const MailNotConfigured = createError(
  'MAIL_NOT_CONFIGURED',
  'kind: this gateway sends no e-mail, SMTP_URL is not set',
  400,
);

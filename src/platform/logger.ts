// The log: JSON lines for machines, readable lines on a terminal. No secret reaches it.
import type { LoggerOptions } from 'pino';

export function loggerOptions(level: string): LoggerOptions {
  return {
    level,
    serializers: { err: serializeError },
    redact: {
      paths: ['req.headers.authorization', 'req.headers["x-api-key"]', 'req.headers.cookie'],
      censor: '[redacted]',
    },
    ...(process.stdout.isTTY && {
      transport: {
        target: 'pino-pretty',
        options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname,reqId' },
      },
    }),
  };
}

/** How far causes are followed. */
const MAX_CAUSES = 5;

/** An error for the log, without the parameters of a failed query: they are what users wrote, and digests. */
export function serializeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error) || depth > MAX_CAUSES) return String(error);
  const message = 'query' in error && 'params' in error ? `Failed query: ${error.query}` : error.message;
  return {
    type: error.constructor.name,
    ...('code' in error && { code: error.code }),
    message,
    // A stack begins with the message.
    stack: error.stack?.replace(error.message, () => message),
    ...(error.cause !== undefined && { cause: serializeError(error.cause, depth + 1) }),
  };
}

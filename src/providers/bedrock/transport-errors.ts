// The failures that have no words of Bedrock's own, in the house's words.
import { errors } from 'undici';
import { UpstreamError } from '../../canonical/upstream-error.ts';

/** The bytes that came are not what Bedrock sends. */
export function unreadable(upstreamRequestId: string | undefined, cause?: unknown): UpstreamError {
  const message = 'The upstream sent an answer that cannot be read.';
  return new UpstreamError({ kind: 'malformed', message, upstreamRequestId, cause });
}

export function timedOut(upstreamRequestId: string | undefined): UpstreamError {
  return new UpstreamError({
    kind: 'timeout',
    message: 'The upstream did not answer in time.',
    upstreamRequestId,
  });
}

/** An error of the HTTP client. `wasSent` is false as long as there was no connection to send over. */
export function connectionError(
  cause: Error,
  facts: { wasSent: boolean; upstreamRequestId: string | undefined },
): UpstreamError {
  const { wasSent, upstreamRequestId } = facts;
  if (!wasSent) {
    return new UpstreamError({ kind: 'connect_failed', message: 'The upstream cannot be reached.', cause });
  }
  if (isProtocolError(cause)) return unreadable(upstreamRequestId, cause);
  const message = 'The connection to the upstream was lost.';
  return new UpstreamError({ kind: 'reset', message, upstreamRequestId, cause });
}

/** An answer that is not HTTP, or one whose header block or length is impossible. */
function isProtocolError(error: Error): boolean {
  return (
    error instanceof errors.HTTPParserError ||
    error instanceof errors.HeadersOverflowError ||
    error instanceof errors.ResponseContentLengthMismatchError
  );
}

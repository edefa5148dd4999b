// One event of a stream: its name stands twice, before the data and in it.
import { formatEvent } from '../sse.ts';

export function writeEvent(type: string, members: object): string {
  return formatEvent({ event: type, data: JSON.stringify({ type, ...members }) });
}

/** Says nothing, and keeps the connection; SDKs skip it wherever it stands. */
export const PING = writeEvent('ping', {});

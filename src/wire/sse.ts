// Server-sent events: bytes <-> events. Knows no dialect.
// Format: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

export interface SseEvent {
  /** The `event:` field; null when the sender named none. */
  event: string | null;
  /** The `data:` lines, joined by line feeds. */
  data: string;
}

export interface SseParser {
  /**
   * Takes the next bytes, cut anywhere, and returns the events that they complete. Bytes that are not UTF-8 read
   * as U+FFFD. Throws RangeError when one event grows beyond the limit.
   */
  push(bytes: Uint8Array): SseEvent[];
}

/** Far above any event of a chat; a sender that never ends an event must not fill the memory. */
const DEFAULT_MAX_EVENT_CHARS = 64 * 1024 * 1024;

/**
 * Comments, `id` and `retry` are skipped. An event that no blank line ends is never returned, so whoever reads to
 * the end must know from the dialect whether the end was the real one.
 */
export function createSseParser(options: { maxEventChars?: number } = {}): SseParser {
  const assembler = createAssembler(options.maxEventChars ?? DEFAULT_MAX_EVENT_CHARS);
  // Also removes a leading byte order mark, as the format asks.
  const decoder = new TextDecoder();
  const lineEnd = /[\r\n]/g;
  let partialLine = '';
  let lineFeedMayFollow = false;

  function push(bytes: Uint8Array): SseEvent[] {
    const events: SseEvent[] = [];
    const text = decoder.decode(bytes, { stream: true });
    if (text === '') return events;
    let start = lineFeedMayFollow && text[0] === '\n' ? 1 : 0;
    lineFeedMayFollow = false;
    lineEnd.lastIndex = start;
    for (let found = lineEnd.exec(text); found !== null; found = lineEnd.exec(text)) {
      assembler.grow(found.index - start);
      const event = assembler.take(partialLine + text.slice(start, found.index));
      if (event !== null) events.push(event);
      partialLine = '';
      start = found.index + 1;
      if (found[0] === '\r') {
        if (start === text.length) lineFeedMayFollow = true;
        else if (text[start] === '\n') start += 1;
      }
      lineEnd.lastIndex = start;
    }
    assembler.grow(text.length - start);
    partialLine += text.slice(start);
    return events;
  }

  return { push };
}

/** Lines -> events. `grow` counts what the event under way holds, `take` returns the event that a line ends. */
function createAssembler(maxEventChars: number) {
  let name: string | null = null;
  let dataLines: string[] = [];
  let size = 0;

  function grow(chars: number): void {
    size += chars;
    if (size > maxEventChars) throw new RangeError(`An event is longer than ${maxEventChars} characters`);
  }

  function take(line: string): SseEvent | null {
    if (line === '') return endEvent();
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const valueAt = line[colon + 1] === ' ' ? colon + 2 : colon + 1;
    const value = colon === -1 ? '' : line.slice(valueAt);
    if (field === 'data') dataLines.push(value);
    else if (field === 'event') name = value === '' ? null : value;
    return null;
  }

  function endEvent(): SseEvent | null {
    const event = dataLines.length > 0 ? { event: name, data: dataLines.join('\n') } : null;
    name = null;
    dataLines = [];
    size = 0;
    return event;
  }

  return { grow, take };
}

/** One event as text, ended by its blank line. `event` must not contain line ends; `data` may. */
export function formatEvent({ event, data }: SseEvent): string {
  const head = event === null ? '' : `event: ${event}\n`;
  return `${head}data: ${data.replace(/\r\n|\r|\n/g, '\ndata: ')}\n\n`;
}

/** A comment, which parsers skip: it keeps an idle connection open. */
export const PING = ': ping\n\n';

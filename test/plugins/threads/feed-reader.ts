// A reader of a live feed.
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Test } from 'tap';

export interface FeedEvent {
  event: string;
  id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into rows of every shape
  data: any;
}

export interface FeedReader {
  readonly status: number;
  readonly headers: Headers;
  /** The next event; undefined once the feed has ended, however. */
  next(): Promise<FeedEvent | undefined>;
  close(): void;
}

export async function openFeed(t: Test, url: string, headers: Record<string, string>): Promise<FeedReader> {
  const controller = new AbortController();
  t.teardown(() => controller.abort());
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: controller.signal,
  });
  const events = readEvents(response);
  return {
    status: response.status,
    headers: response.headers,
    async next() {
      const { value } = await events.next();
      return value;
    },
    close: () => controller.abort(),
  };
}

async function* readEvents({ body }: Response): AsyncGenerator<FeedEvent, undefined> {
  if (body === null) return;
  // The two declarations of a web stream differ only in name.
  const input = Readable.fromWeb(body as ReadableStream);
  const lines = createInterface({ input })[Symbol.asyncIterator]();
  let fields: Record<string, string> = {};
  for (;;) {
    // A feed that is cut is over, like one that ends.
    const line = await lines.next().catch(() => undefined);
    if (line === undefined || line.done) return;
    const [, name = '', value = ''] = /^(\w+): ?(.*)$/.exec(line.value) ?? [];
    if (name !== '') fields[name] = value;
    else if (line.value === '' && fields.data !== undefined) {
      yield { event: fields.event ?? 'message', id: fields.id, data: JSON.parse(fields.data) };
      fields = {};
    }
  }
}

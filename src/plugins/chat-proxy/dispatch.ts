// Carries prepared work to the targets of its admission. What it may repeat, and where it goes next, is decided here.
import type { ChatAnswer, ChatEvent } from '../../canonical/event.ts';
import type { PreparedChat, ProviderCall, ProviderOptions } from '../../providers/provider.ts';
import type { Exchange } from './exchange.ts';

/** One try at one target. */
export type Work<T> = (call: ProviderCall, options: ProviderOptions) => Promise<T>;

export interface Dispatch {
  complete(exchange: Exchange, chat: PreparedChat): Promise<ChatAnswer>;
  /** The first group has arrived: until then, targets may have changed; from now on nothing is repeated. */
  stream(exchange: Exchange, chat: PreparedChat): Promise<OpenedStream>;
  /** Any other work. */
  run<T>(exchange: Exchange, work: Work<T>): Promise<T>;
}

export interface OpenedStream {
  first: IteratorResult<readonly ChatEvent[]>;
  rest: AsyncIterator<readonly ChatEvent[]>;
}

export function createDispatch(): Dispatch {
  return {
    run(exchange, work) {
      const { admission, signal } = exchange;
      const [target] = admission.targets;
      exchange.tryTarget(target);
      return work({ admission, target }, { signal });
    },
    complete(exchange, chat) {
      const { admission, signal } = exchange;
      const [target] = admission.targets;
      exchange.tryTarget(target);
      return chat.complete({ admission, target }, { signal });
    },
    async stream(exchange, chat) {
      const { admission, signal } = exchange;
      const [target] = admission.targets;
      exchange.tryTarget(target);
      const rest = chat.stream({ admission, target }, { signal })[Symbol.asyncIterator]();
      return { first: await rest.next(), rest };
    },
  };
}

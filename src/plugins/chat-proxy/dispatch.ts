// Carries prepared work to the targets of its admission. What it may repeat, and where it goes next, is decided here.
import type { UpstreamTarget } from '../../canonical/admission.ts';
import type { ChatAnswer, ChatEvent } from '../../canonical/event.ts';
import { Refusal } from '../../canonical/refusal.ts';
import { servedNothing, UpstreamError } from '../../canonical/upstream-error.ts';
import type { PreparedChat, ProviderCall, ProviderOptions } from '../../providers/provider.ts';
import { type Exchange, ExchangeCut } from './exchange.ts';
import { isConfiguration, mayGoElsewhere, mostTelling } from './failover.ts';
import type { Meters } from './meters.ts';
import type { TargetHealth } from './target-health.ts';

export interface DispatchDeps {
  health: TargetHealth;
  meters: Pick<Meters, 'targetFailed'>;
  /** A failure that an administrator should know of, even where another target made it good. */
  onMisconfigured(failure: { model: string; region: string; error: UpstreamError }): void;
}

/** One try at one target; resolves with what shows that it answers. */
export type Work<T> = (call: ProviderCall, options: ProviderOptions) => Promise<T>;

export interface Dispatch {
  complete(exchange: Exchange, chat: PreparedChat): Promise<ChatAnswer>;
  /** The first group has arrived: until then, targets may have changed; from now on nothing is repeated. */
  stream(exchange: Exchange, chat: PreparedChat): Promise<OpenedStream>;
  /** Any other work. Each target is asked at most once. */
  run<T>(exchange: Exchange, work: Work<T>): Promise<T>;
}

export interface OpenedStream {
  first: IteratorResult<readonly ChatEvent[]>;
  rest: AsyncIterator<readonly ChatEvent[]>;
}

/** Gives another form of work that was refused, once; undefined: there is none. */
type Remedy<T> = (error: UpstreamError) => Work<T> | undefined;

export function createDispatch({ health, meters, onMisconfigured }: DispatchDeps): Dispatch {
  /** Rejects with the most telling failure of an upstream, or with the reason of the exchange's signal. */
  async function run<T>(exchange: Exchange, work: Work<T>, remedy: Remedy<T> = () => undefined): Promise<T> {
    const { admission, signal } = exchange;
    signal.throwIfAborted();
    // Nobody would get the answer, and nothing of it is owed yet.
    if (exchange.hasClientLeft) throw new ExchangeCut('drain_ended');
    const failures: UpstreamError[] = [];
    let left: readonly UpstreamTarget[] = admission.targets;
    let form = work;
    let isRemedied = false;
    let target = health.best(admission.targets);
    for (;;) {
      try {
        return await tryOne(exchange, target, form);
      } catch (error) {
        if (!(error instanceof UpstreamError) || signal.aborted) throw error;
        // Told before another is asked; the exchange's end tells the error that the client gets.
        exchange.tryFailed(error);
        const other = isRemedied || !servedNothing(error) ? undefined : remedy(error);
        if (other !== undefined && !exchange.hasClientLeft) {
          form = other;
          isRemedied = true;
          continue;
        }
        if (!mayGoElsewhere(error)) throw error;
        left = left.filter((each) => each !== target);
        const [next, ...others] = left;
        if (next === undefined || exchange.hasClientLeft) throw mostTelling(error, failures);
        failures.push(error);
        target = health.best([next, ...others]);
      }
    }
  }

  async function tryOne<T>(exchange: Exchange, target: UpstreamTarget, work: Work<T>): Promise<T> {
    const { admission, signal, modelName: model } = exchange;
    exchange.tryTarget(target);
    health.tried(target);
    try {
      const result = await work({ admission, target }, { signal });
      health.answered(target);
      return result;
    } catch (error) {
      if (error instanceof UpstreamError && !signal.aborted) {
        const { region } = target;
        health.failed(target, error);
        meters.targetFailed({ model, region, kind: error.kind });
        if (isConfiguration(error) || error.hint !== undefined) onMisconfigured({ model, region, error });
      }
      throw error;
    }
  }

  return {
    complete: (exchange, chat) => run(exchange, completion(chat), remedied(chat, completion)),
    stream: (exchange, chat) => run(exchange, opening(chat), remedied(chat, opening)),
    run: (exchange, work) => run(exchange, work),
  };
}

const completion =
  (chat: PreparedChat): Work<ChatAnswer> =>
  (call, options) =>
    chat.complete(call, options);

const opening =
  (chat: PreparedChat): Work<OpenedStream> =>
  async (call, options) => {
    const rest = chat.stream(call, options)[Symbol.asyncIterator]();
    return { first: await rest.next(), rest };
  };

function remedied<T>(chat: PreparedChat, toWork: (chat: PreparedChat) => Work<T>): Remedy<T> {
  return (error) => {
    const other = otherForm(chat, error);
    return other && toWork(other);
  };
}

/** A form that our own encoder refuses is none: the client is told what the upstream said. */
function otherForm(chat: PreparedChat, error: UpstreamError): PreparedChat | undefined {
  try {
    return chat.remedy(error);
  } catch (refusal) {
    if (refusal instanceof Refusal) return undefined;
    throw refusal;
  }
}

// How many tokens a conversation has, asked of the upstream. That is free, yet nothing reaches an upstream without an
// admission: it is admitted like a chat, with the least hold there is, which is let go of afterwards. No thread, no fee.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ChatRequest, DroppedFeature } from '../../canonical/request.ts';
import { UpstreamError, type UpstreamErrorKind } from '../../canonical/upstream-error.ts';
import type { PreparedChat } from '../../providers/provider.ts';
import type { AdmissionService, Admitted } from './admission.ts';
import { mayGoElsewhere, mostTelling } from './failover.ts';
import { chatJob, type Job, type JobDeps } from './job.ts';
import type { LiveExchanges } from './live-exchanges.ts';
import type { RemoteMedia } from './remote-media/index.ts';

export interface CountTokensDeps {
  admission: AdmissionService;
  jobs: JobDeps;
  remoteMedia: RemoteMedia;
  live: Pick<LiveExchanges, 'enter'>;
  billing: Pick<FastifyInstance['billing'], 'release'>;
  onReleaseLost(error: unknown): void;
}

export interface Counted {
  inputTokens: number;
  /** As exchanges name theirs: `estimated` is our own count, where the upstream does not count for this model. */
  source: 'reported' | 'estimated';
  dropped: readonly DroppedFeature[];
}

/** @throws Refusal as a chat would be refused; UpstreamError where waiting may help */
export function createCountTokens(deps: CountTokensDeps) {
  const { admission, jobs, remoteMedia, live, billing, onReleaseLost } = deps;

  return function countTokens(request: FastifyRequest, chat: ChatRequest): Promise<Counted> {
    return whileThere(request, async (signal) => {
      if (!remoteMedia.isNeeded(chat)) return count(request, chat, signal);
      const { id: requestId, key } = request;
      const filled = await admission.ahead({ model: chat.model, kind: 'chat' }, { key, requestId }, () =>
        remoteMedia.fill(chat, { keyId: key.id, signal }),
      );
      return count(request, filled, signal);
    });
  };

  async function count(request: FastifyRequest, chat: ChatRequest, signal: AbortSignal): Promise<Counted> {
    const { key } = request;
    const job = leastJob(chatJob(jobs, chat, key));
    const admitted = await live.enter(() => admission.admit(job, { key, requestId: request.id }));
    const { prepared, likelyTokens } = admitted.prepared;
    try {
      const reported = await ask(admitted, prepared, signal);
      return {
        inputTokens: reported ?? likelyTokens,
        source: reported === undefined ? 'estimated' : 'reported',
        dropped: prepared.dropped,
      };
    } finally {
      // The question counts as a request; it used no tokens.
      admitted.ticket?.end({ tokens: 0 });
      billing.release(admitted.hold).catch(onReleaseLost);
    }
  }
}

export type CountTokens = ReturnType<typeof createCountTokens>;

interface CountPlan {
  prepared: PreparedChat;
  /** Our own count. */
  likelyTokens: number;
}

/** The same work with the least that can be held for it. */
function leastJob(job: Job<PreparedChat>): Job<CountPlan> {
  return {
    ...job,
    plan(model) {
      const plan = job.plan(model);
      return {
        ...plan,
        prepared: { prepared: plan.prepared, likelyTokens: plan.input.likely },
        input: { bound: 1, likely: 1 },
        maxOutputTokens: 0,
        isFree: true,
      };
    },
  };
}

/** Undefined: the upstream does not count for this model, or not for us. */
async function ask(
  { admission }: Admitted,
  prepared: PreparedChat,
  signal: AbortSignal,
): Promise<number | undefined> {
  const failures: UpstreamError[] = [];
  // Counting has quotas of its own, so it neither asks nor tells how healthy a target is for chats.
  for (const target of admission.targets) {
    try {
      return await prepared.countTokens({ admission, target }, { signal });
    } catch (error) {
      // Nobody hears the answer of one that was given up.
      if (signal.aborted || (error instanceof UpstreamError && doesNotCount(error))) return undefined;
      if (!(error instanceof UpstreamError) || !mayGoElsewhere(error)) throw error;
      failures.push(error);
    }
  }
  const last = failures.pop();
  // An admission has a target, and the loop has thrown, returned or noted for each.
  throw last === undefined ? new Error('an admission without a target') : mostTelling(last, failures);
}

/** Gives the work up when its client leaves. */
async function whileThere<T>({ raw }: FastifyRequest, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const left = new AbortController();
  const leave = () => left.abort();
  raw.socket.once('close', leave);
  try {
    return await work(left.signal);
  } finally {
    raw.socket.off('close', leave);
  }
}

const NOT_COUNTED: ReadonlySet<UpstreamErrorKind> = new Set([
  'rejected',
  'context_length',
  'model_access',
  'not_found',
]);

/** Counting has a permission and a list of models of its own: a chat may be served where it is not. */
function doesNotCount({ kind, code }: UpstreamError): boolean {
  return NOT_COUNTED.has(kind) || code === 'AccessDeniedException';
}

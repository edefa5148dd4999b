// The walk of a chat that every dialect takes: admitted, carried upstream, spoken, settled, in that order.
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Refusal } from '../../canonical/refusal.ts';
import type { ChatRequest, DroppedFeature } from '../../canonical/request.ts';
import type { UpstreamError } from '../../canonical/upstream-error.ts';
import { formatMoney } from '../../lib/money.ts';
import type { PreparedChat } from '../../providers/provider.ts';
import type { Charge } from '../billing/index.ts';
import type { AdmissionService, Admitted } from './admission.ts';
import { toClientError } from './client-errors.ts';
import type { Dispatch } from './dispatch.ts';
import { createExchange, type Exchange, type ExchangeDeps } from './exchange.ts';
import { chatJob, type JobDeps, refusingLoss } from './job.ts';
import type { LiveExchanges } from './live-exchanges.ts';
import type { Meters } from './meters.ts';
import type { RemoteMedia } from './remote-media/index.ts';
import { sessionSignOf } from './session-key.ts';
import { wordsOf } from './spoken.ts';
import { StreamFailed, streamAnswer } from './stream-answer.ts';
import type { AnswerFacts, ChatVoice } from './voice.ts';

export interface WalkDeps {
  app: FastifyInstance;
  admission: AdmissionService;
  jobs: JobDeps;
  dispatch: Dispatch;
  exchanges: ExchangeDeps;
  live: LiveExchanges;
  meters: Meters;
  remoteMedia: RemoteMedia;
  /** A parameter without effect is refused, not only reported. */
  isStrict: boolean;
  /** See `streamAnswer`. */
  pingMs?: number | undefined;
}

export interface Asked {
  chat: ChatRequest;
  /** Parameters that were accepted and have no effect, in the dialect's words; safe in a header. */
  dropped: readonly string[];
  /** The conversation as sent, for the record. */
  messages: readonly object[];
  /** What the dialect itself says about the conversation it belongs to; see `session-key.ts`. */
  sessionHint?: string | null;
  voice: ChatVoice;
}

export function createWalk(deps: WalkDeps) {
  const { app, live, meters } = deps;

  return async function walk(request: FastifyRequest, reply: FastifyReply, asked: Asked): Promise<unknown> {
    const { voice } = asked;
    const { key } = request;
    const { remoteMedia } = deps;
    const sign = signOf(request, asked);
    const chat = remoteMedia.isNeeded(asked.chat) ? await withMedia(request, reply, asked.chat) : asked.chat;
    const spoken = {
      logging: key.logging,
      sign,
      ...wordsOf(chat, asked.messages, key.logging),
    };
    // From the hold on, nothing may fail outside the exchange: only its end lets go of the money.
    const job = strict(chatJob(deps.jobs, chat, key), asked);
    const admitted = await live.enter(() => deps.admission.admit(job, { key, requestId: request.id }));
    const exchange = createExchange(deps.exchanges, admitted, spoken);
    exchange.watch(reply.raw);
    meters.admitted();
    const dropped = droppedNames(asked, [...admitted.ignored, ...admitted.prepared.dropped]);
    if (dropped.length > 0) reply.header('x-gateway-dropped-params', dropped.join(', '));
    if (admitted.ticket !== undefined) reply.headers(voice.rateLimits(admitted.ticket.standing));
    const facts = factsOf(admitted);
    const work = chat.stream
      ? () => stream(exchange, admitted.prepared, { reply, voice, facts, log: request.log })
      : () => complete(exchange, admitted.prepared, { reply, voice, facts });
    return live.run(exchange, work);
  };

  /** Nobody makes us fetch anything who could not ask for an answer. */
  async function withMedia({ id, key }: FastifyRequest, reply: FastifyReply, chat: ChatRequest) {
    const left = new AbortController();
    const leave = () => left.abort();
    reply.raw.once('close', leave);
    try {
      return await deps.admission.ahead({ model: chat.model, kind: 'chat' }, { key, requestId: id }, () =>
        deps.remoteMedia.fill(chat, { keyId: key.id, signal: left.signal }),
      );
    } finally {
      reply.raw.off('close', leave);
    }
  }

  function strict(job: ReturnType<typeof chatJob>, asked: Asked): ReturnType<typeof chatJob> {
    if (!deps.isStrict) return job;
    return refusingLoss(job, ({ ignored = [], prepared }) =>
      droppedNames(asked, [...ignored, ...prepared.dropped]),
    );
  }

  async function complete(
    exchange: Exchange,
    chat: PreparedChat,
    { reply, voice, facts }: { reply: FastifyReply; voice: ChatVoice; facts: AnswerFacts },
  ) {
    try {
      const answer = await deps.dispatch.complete(exchange, chat);
      exchange.observeWhole(answer);
      const charge = exchange.end({ kind: 'answered' });
      sayCost(reply, charge);
      meters.answered(voice.dialect, 200);
      return voice.whole(answer, facts, charge?.fee);
    } catch (error) {
      sayCost(reply, exchange.end({ kind: 'failed', error }));
      throw error;
    }
  }

  async function stream(
    exchange: Exchange,
    chat: PreparedChat,
    {
      reply,
      voice,
      facts,
      log,
    }: { reply: FastifyReply; voice: ChatVoice; facts: AnswerFacts; log: FastifyBaseLogger },
  ) {
    try {
      await streamAnswer({
        open: () => deps.dispatch.stream(exchange, chat),
        exchange,
        dialect: voice.stream(facts),
        reply,
        pingMs: deps.pingMs,
        toClientError: (error): Refusal | UpstreamError => toClientError(app, error, undefined),
      });
      meters.answered(voice.dialect, 200);
    } catch (error) {
      const isTold = error instanceof StreamFailed;
      const charge = exchange.end({ kind: 'failed', error: isTold ? error.cause : error });
      if (!isTold) {
        sayCost(reply, charge);
        throw error;
      }
      meters.answered(voice.dialect, 200);
      log.warn({ err: error.cause }, 'stream failed');
    }
    return reply;
  }
}

export type Walk = ReturnType<typeof createWalk>;

/** What an exchange was charged, known before an answer's headers leave; not on streams, which cost later. */
export function sayCost(reply: FastifyReply, charge: Charge | undefined): void {
  if (charge === undefined) return;
  reply.header('x-gateway-cost', formatMoney(charge.fee));
  reply.header('x-gateway-usage-source', charge.usageSource);
}

export function factsOf({ hold }: Admitted): AnswerFacts {
  return {
    exchangeId: hold.exchangeId,
    createdAt: hold.startedAt,
    model: hold.model,
    inputTokensEstimate: hold.inputTokensEstimate,
  };
}

/** Of the chat as it was asked: what is fetched for it may change. */
function signOf({ headers, key }: FastifyRequest, { chat, sessionHint: hint = null, voice }: Asked) {
  return sessionSignOf({ headers, dialect: voice.dialect, hint, chat, key });
}

function droppedNames({ dropped, voice }: Asked, features: readonly DroppedFeature[]): string[] {
  return [...new Set([...dropped, ...features.map((feature) => voice.droppedName(feature))])];
}

// The walk of work that is answered whole (embeddings, pictures): admitted, carried upstream, settled, said.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RateLimits } from '../../canonical/rate-limits.ts';
import type { Money } from '../../lib/money.ts';
import type { PreparedWork } from '../../providers/provider.ts';
import { createExchange, type WholeReport } from './exchange.ts';
import { type Job, type JobDeps, refusingLoss } from './job.ts';
import { headerSignOf } from './session-key.ts';
import type { AnswerFacts, DialectName } from './voice.ts';
import { factsOf, sayCost, type WalkDeps } from './walk.ts';

export interface WholeVoice<Answer, Feature> {
  dialect: DialectName;
  /** The body. @param cost what it costs */
  body(answer: Answer, facts: AnswerFacts, cost: Money | undefined): object;
  /** What is charged and recorded of it. */
  report(answer: Answer): WholeReport;
  /** Headers. */
  rateLimits(limits: RateLimits): Record<string, string>;
  /** The dialect's own name of what was left out. */
  droppedName(feature: Feature): string;
}

export interface WholeAsked<Answer, Feature> {
  job(deps: JobDeps): Job<PreparedWork<Answer, Feature>>;
  /** Parameters that were accepted and have no effect, in the dialect's words; safe in a header. */
  dropped: readonly string[];
  /** What the client said, for the record. */
  prompt: string;
  voice: WholeVoice<Answer, Feature>;
}

export function createWholeWork(deps: WalkDeps) {
  return async function work<Answer, Feature>(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: WholeAsked<Answer, Feature>,
  ): Promise<object> {
    const { key } = request;
    const { voice } = asked;
    const { logging } = key;
    const prompt = logging === 'full' ? asked.prompt : '';
    const spoken = { logging, sign: headerSignOf(request.headers), prompt, wholePrompt: null };
    // From the hold on, nothing may fail outside the exchange: only its end lets go of the money.
    const admitted = await deps.live.enter(() =>
      deps.admission.admit(strict(asked), { key, requestId: request.id }),
    );
    const exchange = createExchange(deps.exchanges, admitted, spoken);
    exchange.watch(reply.raw);
    deps.meters.admitted();
    const dropped = namesOf(asked, admitted.prepared);
    if (dropped.length > 0) reply.header('x-gateway-dropped-params', dropped.join(', '));
    if (admitted.ticket !== undefined) reply.headers(voice.rateLimits(admitted.ticket.standing));
    return deps.live.run(exchange, async () => {
      try {
        const answer = await deps.dispatch.run(exchange, (call, options) =>
          admitted.prepared.run(call, options),
        );
        exchange.observeWhole(voice.report(answer));
        const charge = exchange.end({ kind: 'answered' });
        sayCost(reply, charge);
        deps.meters.answered(voice.dialect, 200);
        return voice.body(answer, factsOf(admitted), charge?.fee);
      } catch (error) {
        sayCost(reply, exchange.end({ kind: 'failed', error }));
        throw error;
      }
    });
  };

  /** Where that is wanted, refuses what would be dropped, before any money is held. */
  function strict<Answer, Feature>(asked: WholeAsked<Answer, Feature>): Job<PreparedWork<Answer, Feature>> {
    const job = asked.job(deps.jobs);
    if (!deps.isStrict) return job;
    return refusingLoss(job, ({ prepared }) => namesOf(asked, prepared));
  }
}

export type WholeWork = ReturnType<typeof createWholeWork>;

function namesOf<Answer, Feature>(
  { dropped, voice }: WholeAsked<Answer, Feature>,
  prepared: PreparedWork<Answer, Feature>,
): string[] {
  return [...new Set([...dropped, ...prepared.dropped.map((feature) => voice.droppedName(feature))])];
}

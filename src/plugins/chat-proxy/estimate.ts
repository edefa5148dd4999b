// How many tokens a text can have. Never a tokeniser: the best of them blocks for seconds on 100 KB of one letter.
import type { ChatRequest } from '../../canonical/request.ts';
import { likelyTokens } from '../../canonical/usage.ts';

/** `strict`: a byte is a token, the true upper bound. `realistic`: a token has at least three bytes, nearly always. */
export type Estimator = 'strict' | 'realistic';

const BYTES_PER_TOKEN: Record<Estimator, number> = { strict: 1, realistic: 3 };
/** Role marks and the like around every turn. */
const TOKENS_PER_TURN = 8;

export interface InputEstimate {
  /** At the most, by the estimator: what the hold reserves. */
  bound: number;
  /** Probably: what an unreported request is charged. */
  likely: number;
}

export function estimateInput(request: ChatRequest, estimator: Estimator): InputEstimate {
  let bytes = 0;
  for (const instruction of request.system) bytes += Buffer.byteLength(instruction);
  for (const turn of request.turns) for (const block of turn.content) bytes += Buffer.byteLength(block.text);
  const overhead = (request.turns.length + request.system.length) * TOKENS_PER_TURN;
  return {
    bound: Math.ceil(bytes / BYTES_PER_TOKEN[estimator]) + overhead,
    likely: likelyTokens(bytes) + overhead,
  };
}

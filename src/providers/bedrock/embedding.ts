// Text to vectors: as many calls as the model's body needs, added up.
import type { ModelCapabilities } from '../../canonical/capabilities.ts';
import type { EmbeddingRequest } from '../../canonical/embedding.ts';
import { NO_USAGE } from '../../canonical/usage.ts';
import { type DecodedEmbedding, decodeEmbedding } from '../../wire/bedrock/embeddings/decode-embedding.ts';
import { encodeEmbedding } from '../../wire/bedrock/embeddings/encode-embedding.ts';
import type { NativeCall } from '../../wire/bedrock/native-call.ts';
import type { PreparedEmbedding } from '../provider.ts';
import { failureOf, fanOut, isNothing } from './fan-out.ts';
import type { Invoke } from './invoke.ts';

interface Served extends DecodedEmbedding {
  call: NativeCall;
  upstreamRequestId: string | undefined;
}

export function prepareEmbedding(
  invoke: Invoke,
  request: EmbeddingRequest,
  capabilities: ModelCapabilities,
): PreparedEmbedding {
  const { family, calls, dropped } = encodeEmbedding(request, capabilities);
  return {
    dropped,
    async run(target, { signal }) {
      const outcome = await fanOut(calls, async (call): Promise<Served> => {
        const answer = await invoke(target, call.body, signal);
        const { upstreamRequestId } = answer;
        return { ...decodeEmbedding(answer, family, call.items), call, upstreamRequestId };
      });
      const { results, failures } = outcome;
      const lost = failures.filter(({ error }) => !isNothing(error)).map(({ call }) => call);
      const used = usageOf(results, lost);
      if (failures.length > 0) throw failureOf(outcome, used);
      const upstreamRequestId = results[0]?.upstreamRequestId;
      return {
        vectors: results.flatMap(({ vectors }) => vectors),
        usage: used.usage,
        isUsageEstimated: used.isEstimated,
        ...(upstreamRequestId !== undefined && { upstreamRequestId }),
      };
    },
  };
}

/** @param lost calls that may have been served, of which nothing is known */
function usageOf(results: readonly Served[], lost: readonly NativeCall[]) {
  const guessed = lost.reduce((sum, { likelyTokens }) => sum + likelyTokens, 0);
  const read = results.reduce((sum, { inputTokens, call }) => sum + (inputTokens ?? call.likelyTokens), 0);
  return {
    usage: { ...NO_USAGE, inputTokens: read + guessed },
    isEstimated: lost.length > 0 || results.some(({ inputTokens }) => inputTokens === null),
  };
}

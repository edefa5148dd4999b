// Words to pictures: as many calls as the model's body needs. Pictures are paid by the piece, their words not at all.
import type { ModelCapabilities } from '../../canonical/capabilities.ts';
import type { ImageRequest } from '../../canonical/image.ts';
import { madeNothing, UpstreamError } from '../../canonical/upstream-error.ts';
import { NO_USAGE } from '../../canonical/usage.ts';
import { allFiltered, asFiltered, decodeImages } from '../../wire/bedrock/images/decode-images.ts';
import { encodeImages } from '../../wire/bedrock/images/encode-images.ts';
import type { PreparedImages } from '../provider.ts';
import { failureOf, fanOut, isNothing } from './fan-out.ts';
import type { Invoke } from './invoke.ts';

export function prepareImages(
  invoke: Invoke,
  request: ImageRequest,
  capabilities: ModelCapabilities,
): PreparedImages {
  const { family, calls, dropped } = encodeImages(request, capabilities);
  return {
    dropped,
    async run(target, { signal }) {
      const outcome = await fanOut(calls, async ({ body }) => {
        try {
          const answer = await invoke(target, body, signal).catch(asFiltered);
          return { ...decodeImages(answer, family), upstreamRequestId: answer.upstreamRequestId };
        } catch (error) {
          // As where a filter answers in words: no failure, and the other calls may bring pictures.
          if (error instanceof UpstreamError && error.isFiltered) return keptBack(error);
          throw error;
        }
      });
      const { results, failures } = outcome;
      const images = results.flatMap((result) => result.images);
      const lost = failures.filter(({ error }) => !isUnmade(error));
      const guessed = lost.reduce((sum, { call }) => sum + call.items, 0);
      const usage = { ...NO_USAGE, images: images.length + guessed };
      const [first] = failures;
      if (first && images.length === 0 && failures.every(({ error }) => isNothing(error))) throw first.error;
      if (first) throw failureOf(outcome, { usage, isEstimated: guessed > 0 });
      const upstreamRequestId = results[0]?.upstreamRequestId;
      if (images.length === 0) throw allFiltered(upstreamRequestId);
      return {
        images,
        format: request.format,
        usage,
        ...(upstreamRequestId !== undefined && { upstreamRequestId }),
      };
    },
  };
}

function keptBack({ upstreamRequestId }: UpstreamError) {
  return { images: [], isFiltered: true, upstreamRequestId };
}

/** Certainly no picture. */
function isUnmade(error: unknown): boolean {
  return isNothing(error) || (error instanceof UpstreamError && madeNothing(error));
}

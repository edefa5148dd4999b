// An InvokeModel answer -> vectors and tokens, one family each.
import type { EmbeddingFamily } from '../../../canonical/capabilities.ts';
import { UpstreamError } from '../../../canonical/upstream-error.ts';
import { asCount, asList, asRecord } from '../json.ts';
import type { NativeAnswer } from '../native-call.ts';

export interface DecodedEmbedding {
  vectors: (readonly number[])[];
  /** Null: neither the body nor a header says. */
  inputTokens: number | null;
}

/**
 * @param expected how many texts the call had
 * @throws UpstreamError `malformed` where a vector is missing or holds something else than finite numbers
 */
export function decodeEmbedding(
  answer: NativeAnswer,
  family: EmbeddingFamily,
  expected: number,
): DecodedEmbedding {
  const body = asRecord(answer.body);
  const vectors = vectorsOf(body, family).map(asVector);
  if (vectors.length !== expected || vectors.some((vector) => vector === null)) throw unreadable(answer);
  return {
    vectors: vectors.filter((vector) => vector !== null),
    inputTokens: asCount(body?.inputTextTokenCount) ?? countOf(answer.inputTokenCount),
  };
}

function vectorsOf(body: Record<string, unknown> | null, family: EmbeddingFamily): readonly unknown[] {
  switch (family) {
    case 'titan_v1':
    case 'titan_v2':
      return [body?.embedding];
    case 'cohere_v3':
    case 'cohere_v4': {
      // By type where types were asked for; a list in the older form.
      const embeddings = body?.embeddings;
      return asList(asRecord(embeddings)?.float ?? embeddings);
    }
    case 'nova':
      return asList(body?.embeddings).map((each) => asRecord(each)?.embedding);
  }
}

function asVector(value: unknown): readonly number[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  return value.every((each) => Number.isFinite(each)) ? value : null;
}

/** A header of digits; anything else says nothing. */
function countOf(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : null;
}

function unreadable({ upstreamRequestId }: NativeAnswer): UpstreamError {
  const message = 'The upstream sent an answer that cannot be read.';
  return new UpstreamError({ kind: 'malformed', message, upstreamRequestId });
}

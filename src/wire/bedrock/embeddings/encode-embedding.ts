// EmbeddingRequest -> the bodies of InvokeModel, one family each. From Bedrock's model parameters: Titan Text
// Embeddings, Cohere Embed v3 and v4, Nova Multimodal Embeddings.
import type { EmbeddingFamily, ModelCapabilities } from '../../../canonical/capabilities.ts';
import type {
  DroppedEmbeddingFeature,
  EmbeddingPurpose,
  EmbeddingRequest,
} from '../../../canonical/embedding.ts';
import { Refusal } from '../../../canonical/refusal.ts';
import { likelyTokens } from '../../../canonical/usage.ts';
import { invalidValue, unsupportedParameter } from '../../refusals.ts';
import type { NativeCall } from '../native-call.ts';

export interface EncodedEmbedding {
  family: EmbeddingFamily;
  /** In the order of the texts. */
  calls: readonly NativeCall[];
  dropped: DroppedEmbeddingFeature[];
}

type Asked = Pick<EmbeddingRequest, 'dimensions' | 'purpose'>;

interface Family {
  textsPerCall: number;
  takesDimensions: boolean;
  takesPurpose: boolean;
  body(texts: readonly string[], asked: Asked): object;
}

/** Cohere: `texts` has at most 96 elements. */
const COHERE_TEXTS = 96;
/** Nova wants a length said. */
const NOVA_DIMENSIONS = 3072;

const NOVA_PURPOSES: Readonly<Record<EmbeddingPurpose, string>> = {
  search_document: 'GENERIC_INDEX',
  search_query: 'GENERIC_RETRIEVAL',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
};

const FAMILIES: Readonly<Record<EmbeddingFamily, Family>> = {
  titan_v2: {
    textsPerCall: 1,
    takesDimensions: true,
    takesPurpose: false,
    body: ([inputText], { dimensions }) => ({
      inputText,
      ...(dimensions !== null && { dimensions }),
      normalize: true,
      embeddingTypes: ['float'],
    }),
  },
  titan_v1: {
    textsPerCall: 1,
    takesDimensions: false,
    takesPurpose: false,
    body: ([inputText]) => ({ inputText }),
  },
  cohere_v3: {
    textsPerCall: COHERE_TEXTS,
    takesDimensions: false,
    takesPurpose: true,
    // NONE: a text that is too long is an error, never cut in silence.
    body: (texts, { purpose }) => ({
      texts,
      input_type: purpose ?? 'search_document',
      truncate: 'NONE',
      embedding_types: ['float'],
    }),
  },
  cohere_v4: {
    textsPerCall: COHERE_TEXTS,
    takesDimensions: true,
    takesPurpose: true,
    body: (texts, { purpose, dimensions }) => ({
      texts,
      input_type: purpose ?? 'search_document',
      truncate: 'NONE',
      embedding_types: ['float'],
      ...(dimensions !== null && { output_dimension: dimensions }),
    }),
  },
  nova: {
    textsPerCall: 1,
    takesDimensions: true,
    takesPurpose: true,
    body: ([value], { purpose, dimensions }) => ({
      taskType: 'SINGLE_EMBEDDING',
      singleEmbeddingParams: {
        embeddingPurpose: NOVA_PURPOSES[purpose ?? 'search_document'],
        embeddingDimension: dimensions ?? NOVA_DIMENSIONS,
        text: { truncationMode: 'NONE', value },
      },
    }),
  },
};

/** @throws Refusal: no family in the catalogue, `dimensions` that the model does not make */
export function encodeEmbedding(
  request: EmbeddingRequest,
  { embedding, dimensions }: Pick<ModelCapabilities, 'embedding' | 'dimensions'>,
): EncodedEmbedding {
  if (embedding === undefined) throw noFamily();
  const family = FAMILIES[embedding];
  checkDimensions(request.dimensions, family, dimensions);
  const calls: NativeCall[] = [];
  for (let start = 0; start < request.texts.length; start += family.textsPerCall) {
    const texts = request.texts.slice(start, start + family.textsPerCall);
    calls.push({
      body: family.body(texts, request),
      likelyTokens: texts.reduce((sum, text) => sum + likelyTokens(Buffer.byteLength(text)), 0),
      items: texts.length,
    });
  }
  const isDropped = request.purpose !== null && !family.takesPurpose;
  return { family: embedding, calls, dropped: isDropped ? ['purpose'] : [] };
}

function checkDimensions(
  wanted: number | null,
  { takesDimensions }: Family,
  offered: readonly number[] | undefined,
): void {
  if (wanted === null) return;
  if (offered === undefined) {
    if (!takesDimensions) throw unsupportedParameter('dimensions');
    return;
  }
  if (!offered.includes(wanted))
    throw invalidValue('dimensions', `this model makes vectors of ${offered.join(', ')}, not of ${wanted}`);
}

function noFamily(): Refusal {
  const message =
    'The catalogue does not say how this model is asked. An administrator must set its capability `embedding`.';
  return new Refusal('model_not_allowed', message, { param: 'model' });
}

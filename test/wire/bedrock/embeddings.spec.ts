import fc from 'fast-check';
import t from 'tap';
import { EMBEDDING_FAMILIES, type EmbeddingFamily } from '../../../src/canonical/capabilities.ts';
import { EMBEDDING_PURPOSES, type EmbeddingRequest } from '../../../src/canonical/embedding.ts';
import { Refusal } from '../../../src/canonical/refusal.ts';
import { UpstreamError } from '../../../src/canonical/upstream-error.ts';
import { decodeEmbedding } from '../../../src/wire/bedrock/embeddings/decode-embedding.ts';
import { encodeEmbedding } from '../../../src/wire/bedrock/embeddings/encode-embedding.ts';

const ASKED: EmbeddingRequest = { model: 'm', texts: ['hello'], dimensions: null, purpose: null };
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const texts = fc
  .array(text, { minLength: 1, maxLength: 300 })
  .map(([first = 'x', ...rest]): EmbeddingRequest['texts'] => [first, ...rest]);
const families = fc.constantFrom(...EMBEDDING_FAMILIES);

/** Every text of a body, in its order, whichever family's it is. */
function textsOf(body: object): string[] {
  const found: string[] = [];
  JSON.stringify(body, (name, value: unknown) => {
    if ((name === 'inputText' || name === 'value') && typeof value === 'string') found.push(value);
    if (name === 'texts' && Array.isArray(value)) found.push(...value.map(String));
    return value;
  });
  return found;
}

t.test('each text stands in one call, in order, and no call has more than its family takes', async () => {
  fc.assert(
    fc.property(families, texts, (family, all) => {
      const { calls } = encodeEmbedding({ ...ASKED, texts: all }, { embedding: family });
      const most = family.startsWith('cohere') ? 96 : 1;
      const written = calls.flatMap(({ body }) => textsOf(body));
      return (
        JSON.stringify(written) === JSON.stringify(all) &&
        calls.every(({ items, body }) => items <= most && textsOf(body).length === items)
      );
    }),
  );
});

t.test('each family is asked in its own words', async (t) => {
  const asked = { ...ASKED, dimensions: 256, purpose: 'search_query' as const };
  const bodyOf = (embedding: EmbeddingFamily, request: EmbeddingRequest = asked) =>
    encodeEmbedding(request, { embedding }).calls[0]?.body;
  t.same(bodyOf('titan_v2'), {
    inputText: 'hello',
    dimensions: 256,
    normalize: true,
    embeddingTypes: ['float'],
  });
  t.same(bodyOf('titan_v1', ASKED), { inputText: 'hello' });
  const cohere = { texts: ['hello'], truncate: 'NONE', embedding_types: ['float'] };
  t.same(bodyOf('cohere_v3', ASKED), { ...cohere, input_type: 'search_document' });
  t.same(bodyOf('cohere_v4'), { ...cohere, input_type: 'search_query', output_dimension: 256 });
  t.same(bodyOf('nova'), {
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: {
      embeddingPurpose: 'GENERIC_RETRIEVAL',
      embeddingDimension: 256,
      text: { truncationMode: 'NONE', value: 'hello' },
    },
  });
});

t.test('a purpose goes where the model knows it, and is said to be dropped elsewhere', async (t) => {
  for (const purpose of EMBEDDING_PURPOSES)
    for (const embedding of EMBEDDING_FAMILIES) {
      const { dropped } = encodeEmbedding({ ...ASKED, purpose }, { embedding });
      t.same(dropped, embedding.startsWith('titan') ? ['purpose'] : [], `${embedding} ${purpose}`);
    }
});

t.test('a length that the model does not make is refused, naming the field', async (t) => {
  const encode = (dimensions: number, capabilities: Parameters<typeof encodeEmbedding>[1]) => () =>
    encodeEmbedding({ ...ASKED, dimensions }, capabilities);
  const titan = { embedding: 'titan_v2' as const, dimensions: [1024, 512, 256] };
  t.throws(
    encode(300, titan),
    { name: 'Refusal', kind: 'invalid_value', param: 'dimensions' },
    'none of its lengths',
  );
  t.doesNotThrow(encode(512, titan));
  const fixed = { embedding: 'cohere_v3' as const };
  t.throws(
    encode(1024, fixed),
    { name: 'Refusal', kind: 'unsupported_parameter', param: 'dimensions' },
    'it makes one length',
  );
  t.doesNotThrow(encode(1024, { ...fixed, dimensions: [1024] }), 'its only length');
  t.throws(() => encodeEmbedding(ASKED, {}), Refusal, 'nobody has said how it is asked');
});

const vector = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 8 });

t.test('vectors come out of every family as they went in', async () => {
  fc.assert(
    fc.property(fc.array(vector, { minLength: 1, maxLength: 5 }), (vectors) => {
      const [first = []] = vectors;
      const read = (body: unknown, family: EmbeddingFamily, expected: number) =>
        decodeEmbedding({ body, inputTokenCount: '7', upstreamRequestId: undefined }, family, expected);
      const answers = [
        read({ embedding: first, inputTextTokenCount: 3 }, 'titan_v2', 1),
        read({ embedding: first }, 'titan_v1', 1),
        read({ embeddings: vectors }, 'cohere_v3', vectors.length),
        read({ embeddings: { float: vectors } }, 'cohere_v4', vectors.length),
        read({ embeddings: [{ embeddingType: 'TEXT', embedding: first }] }, 'nova', 1),
      ];
      const tokens = answers.map(({ inputTokens }) => inputTokens);
      return (
        JSON.stringify(tokens) === '[3,7,7,7,7]' &&
        answers.every(({ vectors: [one] }) => JSON.stringify(one) === JSON.stringify(first))
      );
    }),
  );
});

t.test('whatever else an upstream sends is an upstream error, and nothing but that', async () => {
  fc.assert(
    fc.property(
      families,
      fc.jsonValue(),
      fc.option(fc.string(), { nil: undefined }),
      (family, body, header) => {
        try {
          const answer = { body, inputTokenCount: header, upstreamRequestId: 'r' };
          const { vectors, inputTokens } = decodeEmbedding(answer, family, 1);
          return vectors.length === 1 && (inputTokens === null || Number.isSafeInteger(inputTokens));
        } catch (error) {
          return error instanceof UpstreamError && error.kind === 'malformed';
        }
      },
    ),
  );
});

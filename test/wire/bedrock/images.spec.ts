import fc from 'fast-check';
import t from 'tap';
import { IMAGE_FAMILIES, type ImageFamily } from '../../../src/canonical/capabilities.ts';
import type { ImageRequest } from '../../../src/canonical/image.ts';
import { UpstreamError } from '../../../src/canonical/upstream-error.ts';
import { decodeImages } from '../../../src/wire/bedrock/images/decode-images.ts';
import { encodeImages } from '../../../src/wire/bedrock/images/encode-images.ts';
import { aspectRatioOf } from '../../../src/wire/bedrock/images/map-aspect-ratio.ts';

const ASKED: ImageRequest = {
  model: 'm',
  prompt: 'a red fox',
  count: 1,
  size: null,
  quality: null,
  format: 'png',
};
const bodyOf = (image: ImageFamily, asked: Partial<ImageRequest> = {}) =>
  encodeImages({ ...ASKED, ...asked }, { image }).calls[0]?.body;

t.test('the calls of a request make as many pictures as were asked for, none more than it can', async () => {
  fc.assert(
    fc.property(fc.constantFrom(...IMAGE_FAMILIES), fc.integer({ min: 1, max: 10 }), (image, count) => {
      const { calls } = encodeImages({ ...ASKED, count }, { image });
      const most = image === 'nova_canvas' ? 5 : 1;
      const made = calls.reduce((sum, { items }) => sum + items, 0);
      return made === count && calls.every(({ items }) => items >= 1 && items <= most);
    }),
  );
});

t.test('each family is asked in its own words', async (t) => {
  t.same(bodyOf('nova_canvas', { count: 3, size: { width: 1280, height: 720 }, quality: 'standard' }), {
    taskType: 'TEXT_IMAGE',
    textToImageParams: { text: 'a red fox' },
    imageGenerationConfig: { numberOfImages: 3, width: 1280, height: 720, quality: 'standard' },
  });
  t.match(bodyOf('nova_canvas', { quality: 'high' }), {
    imageGenerationConfig: { width: 1024, height: 1024, quality: 'premium' },
  });
  const fox = { prompt: 'a red fox', mode: 'text-to-image' };
  t.same(bodyOf('stability'), { ...fox, aspect_ratio: '1:1', output_format: 'png' });
  const wide = { size: { width: 1792, height: 1024 }, format: 'jpeg' as const };
  t.same(bodyOf('stability', wide), { ...fox, aspect_ratio: '16:9', output_format: 'jpeg' });
});

t.test('what a family cannot make is refused, naming the field', async (t) => {
  const refused = (image: ImageFamily, asked: Partial<ImageRequest>, param: string) =>
    t.throws(() => bodyOf(image, asked), { name: 'Refusal', param }, JSON.stringify(asked).slice(0, 80));
  for (const [width, height] of [
    [256, 256],
    [1000, 1000],
    [320, 4096],
    [2048, 2048],
  ] as const)
    refused('nova_canvas', { size: { width, height } }, 'size');
  refused('nova_canvas', { format: 'jpeg' }, 'output_format');
  refused('nova_canvas', { prompt: 'x'.repeat(1025) }, 'prompt');
  refused('nova_canvas', { quality: 'high', size: { width: 1536, height: 1024 } }, 'quality');
  refused('stability', { size: { width: 1000, height: 100 } }, 'size');
  refused('stability', { prompt: 'x'.repeat(10_001) }, 'prompt');
  t.throws(() => encodeImages(ASKED, {}), { name: 'Refusal', param: 'model' });
  t.same(encodeImages({ ...ASKED, quality: 'high' }, { image: 'stability' }).dropped, ['quality']);
});

t.test('a shape is the nearest within two percent, whichever way up, or none', async () => {
  const side = fc.integer({ min: 64, max: 4096 });
  fc.assert(
    fc.property(side, side, (width, height) => {
      const name = aspectRatioOf({ width, height });
      const turned = aspectRatioOf({ width: height, height: width });
      if (name === undefined) return true;
      const [w = 0, h = 0] = name.split(':').map(Number);
      const off = Math.abs(w / h / (width / height) - 1);
      return off <= 0.02 && (turned === undefined || turned === `${h}:${w}`);
    }),
  );
});

const answered = (body: unknown) => ({ body, inputTokenCount: undefined, upstreamRequestId: 'r' });

t.test('what the filter kept back is left out, and a failed model is an error', async (t) => {
  const stability = (reason: string | null) =>
    decodeImages(answered({ images: ['QUJD'], seeds: [1], finish_reasons: [reason] }), 'stability');
  t.same(stability(null), { images: ['QUJD'], isFiltered: false });
  t.same(stability('Filter reason: prompt'), { images: [], isFiltered: true });
  t.throws(
    () => stability('Inference error'),
    { name: 'UpstreamError', kind: 'model_error' },
    'its own failure',
  );
  const nova = (body: object) => decodeImages(answered(body), 'nova_canvas');
  t.same(nova({ images: ['QQ==', 'Qg=='] }), { images: ['QQ==', 'Qg=='], isFiltered: false });
  t.same(nova({ images: ['QQ=='], error: 'some were blocked' }), { images: ['QQ=='], isFiltered: true });
  t.same(nova({ images: [], error: 'all were blocked' }), { images: [], isFiltered: true });
});

t.test('whatever else an upstream sends is an upstream error, and nothing but that', async () => {
  fc.assert(
    fc.property(fc.constantFrom(...IMAGE_FAMILIES), fc.jsonValue(), (family, body) => {
      try {
        const { images, isFiltered } = decodeImages(answered(body), family);
        return images.length > 0 || isFiltered;
      } catch (error) {
        return error instanceof UpstreamError;
      }
    }),
  );
});

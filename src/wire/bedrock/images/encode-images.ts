// ImageRequest -> the bodies of InvokeModel, one family each. From Bedrock's model parameters: Nova Canvas
// (TEXT_IMAGE), Stable Image Core and Ultra, Stable Diffusion 3.5.
import type { ImageFamily, ModelCapabilities } from '../../../canonical/capabilities.ts';
import type { DroppedImageFeature, ImageRequest } from '../../../canonical/image.ts';
import { Refusal } from '../../../canonical/refusal.ts';
import { likelyTokens } from '../../../canonical/usage.ts';
import { invalidValue, unsupportedValue } from '../../refusals.ts';
import type { NativeCall } from '../native-call.ts';
import { aspectRatioOf } from './map-aspect-ratio.ts';

export interface EncodedImages {
  family: ImageFamily;
  calls: readonly NativeCall[];
  dropped: DroppedImageFeature[];
}

/** Nova Canvas: `numberOfImages` is 1 to 5. */
const NOVA_IMAGES = 5;
const NOVA_PROMPT_CHARS = 1024;
const NOVA_SIDE = { least: 320, most: 4096, step: 16 };
const NOVA_PIXELS = 4_194_304;
const NOVA_LONGEST_RATIO = 4;
/** What the price of a picture stands for; the better quality of larger ones costs AWS's customers more. */
const PRICED_PIXELS = 1024 * 1024;
const DEFAULT_SIDE = 1024;
const STABILITY_PROMPT_CHARS = 10_000;

/** @throws Refusal: no family in the catalogue, or what it does not make */
export function encodeImages(
  request: ImageRequest,
  { image: family }: Pick<ModelCapabilities, 'image'>,
): EncodedImages {
  if (family === undefined) throw noFamily();
  const { mostImages, body, dropped } = FAMILIES[family](request);
  const calls: NativeCall[] = [];
  for (let left = request.count; left > 0; left -= mostImages) {
    const items = Math.min(left, mostImages);
    calls.push({ body: body(items), likelyTokens: likelyTokens(Buffer.byteLength(request.prompt)), items });
  }
  return { family, calls, dropped };
}

interface Plan {
  /** Of one call. */
  mostImages: number;
  body(images: number): object;
  dropped: DroppedImageFeature[];
}

const FAMILIES: Readonly<Record<ImageFamily, (request: ImageRequest) => Plan>> = {
  nova_canvas: novaCanvas,
  stability,
};

function novaCanvas({ prompt, size, quality, format }: ImageRequest): Plan {
  checkPrompt(prompt, NOVA_PROMPT_CHARS);
  if (format !== 'png') throw unsupportedValue('output_format', 'is always png with this model');
  const { width, height } = size ?? { width: DEFAULT_SIDE, height: DEFAULT_SIDE };
  checkSize(width, height);
  if (quality === 'high' && width * height > PRICED_PIXELS)
    throw unsupportedValue('quality', "is 'standard' for pictures of more than 1024x1024 pixels");
  return {
    mostImages: NOVA_IMAGES,
    dropped: [],
    body: (numberOfImages) => ({
      taskType: 'TEXT_IMAGE',
      textToImageParams: { text: prompt },
      imageGenerationConfig: {
        numberOfImages,
        width,
        height,
        quality: quality === 'high' ? 'premium' : 'standard',
      },
    }),
  };
}

function checkSize(width: number, height: number): void {
  const { least, most, step } = NOVA_SIDE;
  const isSide = (side: number) => side >= least && side <= most && side % step === 0;
  if (!isSide(width) || !isSide(height))
    throw invalidValue('size', `each side must be a multiple of ${step} from ${least} to ${most}`);
  if (Math.max(width, height) > NOVA_LONGEST_RATIO * Math.min(width, height))
    throw invalidValue('size', 'no side may be more than four times the other');
  if (width * height >= NOVA_PIXELS)
    throw invalidValue('size', `it must have fewer than ${NOVA_PIXELS} pixels`);
}

function stability({ prompt, size, quality, format }: ImageRequest): Plan {
  checkPrompt(prompt, STABILITY_PROMPT_CHARS);
  const ratio = size === null ? '1:1' : aspectRatioOf(size);
  if (ratio === undefined) throw invalidValue('size', 'this model makes no pictures of that shape');
  return {
    // The seed is left to chance: the same prompt twice is two pictures.
    mostImages: 1,
    dropped: quality === 'high' ? ['quality'] : [],
    body: () => ({ prompt, mode: 'text-to-image', aspect_ratio: ratio, output_format: format }),
  };
}

function checkPrompt(prompt: string, most: number): void {
  if (prompt.length > most) throw invalidValue('prompt', `this model takes at most ${most} characters`);
}

function noFamily(): Refusal {
  const message =
    'The catalogue does not say how this model is asked. An administrator must set its capability `image`.';
  return new Refusal('model_not_allowed', message, { param: 'model' });
}

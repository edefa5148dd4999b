// An OpenAI request for pictures in the words of the house. Source: OpenAI's API reference, `images.generate`, with the
// words of all its models.
import type { ImageRequest, MadeImageFormat } from '../../../canonical/image.ts';
import { createDroppedNames } from '../../dropped-names.ts';
import { invalidValue, notOneOf, unsupportedParameter, unsupportedWord } from '../../refusals.ts';
import type { ImagesBody } from './schema.ts';

export interface DecodedImageRequest {
  request: ImageRequest;
  /** Names of parameters that were accepted and have no effect. */
  dropped: string[];
}

const FORMATS = ['png', 'jpeg', 'webp'];
const BACKGROUNDS = ['auto', 'opaque', 'transparent'];
/** Null: the model's own choice. */
const QUALITIES: Readonly<Record<string, ImageRequest['quality']>> = {
  auto: null,
  low: 'standard',
  medium: 'standard',
  standard: 'standard',
  high: 'high',
  hd: 'high',
};
const SIZE = /^(\d{1,5})x(\d{1,5})$/;

/**
 * @param body validated against `ImagesBody`
 * @throws Refusal of kind `invalid_value`, `unsupported_parameter` or `unsupported_value`, with the field
 */
export function decodeImageRequest(body: ImagesBody): DecodedImageRequest {
  refuseImpossible(body);
  return {
    request: {
      model: body.model,
      prompt: body.prompt,
      count: body.n ?? 1,
      size: decodeSize(body.size ?? 'auto'),
      quality: decodeQuality(body.quality ?? 'auto'),
      format: decodeFormat(body.output_format ?? 'png'),
    },
    dropped: droppedOf(body),
  };
}

function refuseImpossible({ stream, partial_images, response_format, background }: ImagesBody): void {
  if (stream === true) throw unsupportedParameter('stream');
  if ((partial_images ?? 0) > 0) throw unsupportedParameter('partial_images');
  const delivery = response_format ?? 'b64_json';
  // There is nowhere to keep a picture that a URL could point to.
  if (delivery === 'url') throw unsupportedWord('response_format', delivery);
  if (delivery !== 'b64_json') throw notOneOf('response_format', delivery, ['b64_json']);
  const behind = background ?? 'auto';
  if (!BACKGROUNDS.includes(behind)) throw notOneOf('background', behind, BACKGROUNDS);
  if (behind === 'transparent') throw unsupportedWord('background', behind);
}

/** `user` and the defaults have no effect by nature. */
function droppedOf({ style, moderation, output_compression, output_format }: ImagesBody): string[] {
  const dropped = createDroppedNames();
  if ((style ?? null) !== null) dropped.add('style');
  if ((moderation ?? 'auto') !== 'auto') dropped.add('moderation');
  const isCompressed = (output_format ?? 'png') !== 'png';
  if (isCompressed && (output_compression ?? 100) !== 100) dropped.add('output_compression');
  return dropped.list();
}

function decodeSize(word: string): ImageRequest['size'] {
  if (word === 'auto') return null;
  const [, width, height] = SIZE.exec(word) ?? [];
  const size = { width: Number(width), height: Number(height) };
  if (!(size.width > 0 && size.height > 0))
    throw invalidValue('size', "expected 'auto', or width and height in pixels such as '1024x1024'");
  return size;
}

function decodeQuality(word: string): ImageRequest['quality'] {
  const quality = Object.hasOwn(QUALITIES, word) ? QUALITIES[word] : undefined;
  if (quality === undefined) throw notOneOf('quality', word, Object.keys(QUALITIES));
  return quality;
}

function decodeFormat(word: string): MadeImageFormat {
  if (!FORMATS.includes(word)) throw notOneOf('output_format', word, FORMATS);
  if (word !== 'png' && word !== 'jpeg') throw unsupportedWord('output_format', word);
  return word;
}

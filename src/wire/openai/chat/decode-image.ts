// An `image_url` part: a data URL becomes bytes, an https URL is left to be fetched where that is allowed.
import type { ImageBlock } from '../../../canonical/content.ts';
import { parseDataUrl } from '../../base64.ts';
import { invalidValue, missingParameter } from '../../refusals.ts';
import { sniffImage } from '../../sniff-media.ts';
import type { ContentPart } from './schema-messages.ts';

/**
 * `detail` is ignored: no model of Bedrock knows it.
 *
 * @param path of the part
 * @throws Refusal with the path of the URL
 */
export function decodeImage({ image_url: image }: ContentPart, path: string): ImageBlock {
  if (image === undefined) throw missingParameter(`${path}.image_url`);
  const place = `${path}.image_url.url`;
  const { url } = image;
  if (/^https:\/\//i.test(url)) return { kind: 'image', source: { kind: 'url', url }, path: place };
  if (!/^data:/i.test(url)) throw invalidValue(place, 'expected an https URL, or a data URL in base64');
  const data = parseDataUrl(url);
  if (data === null) throw invalidValue(place, 'the data URL holds no base64');
  // What the bytes are counts, not what the URL calls them.
  const format = sniffImage(data.base64);
  if (format === null) throw invalidValue(place, 'the data is no PNG, JPEG, GIF or WebP image');
  return { kind: 'image', source: { kind: 'bytes', format, base64: data.base64 }, path: place };
}

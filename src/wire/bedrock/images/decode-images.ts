// An InvokeModel answer -> pictures. What the filter kept back is left out: its owner decides what none at all means.
import type { ImageFamily } from '../../../canonical/capabilities.ts';
import { UpstreamError } from '../../../canonical/upstream-error.ts';
import { asList, asRecord, asText } from '../json.ts';
import type { NativeAnswer } from '../native-call.ts';

export interface DecodedImages {
  /** Base64. */
  images: string[];
  /** True: some or all were kept back. */
  isFiltered: boolean;
}

/** @throws UpstreamError `malformed`: no picture, and no word of a filter; `model_error`: the model says it failed */
export function decodeImages(answer: NativeAnswer, family: ImageFamily): DecodedImages {
  const body = asRecord(answer.body);
  const all = asList(body?.images).map(asText);
  const reasons = asList(body?.finish_reasons);
  // Of Nova, a word in `error` beside pictures, or in place of them, is its filter's.
  const hasNovaError = family === 'nova_canvas' && asText(body?.error) !== null;
  if (reasons.some((reason) => isFailure(reason))) throw failed(answer);
  const images = all.filter(
    (image, index) => image !== null && image !== '' && (reasons[index] ?? null) === null,
  );
  const isFiltered = hasNovaError || reasons.some((reason) => reason !== null);
  if (images.length === 0 && !isFiltered) throw unreadable(answer);
  return { images: images.filter((image) => image !== null), isFiltered };
}

/** Stability's one reason that is no filter's. */
function isFailure(reason: unknown): boolean {
  return typeof reason === 'string' && /^inference error/i.test(reason);
}

function failed({ upstreamRequestId }: NativeAnswer): UpstreamError {
  const message = 'The model failed while it made the picture.';
  return new UpstreamError({ kind: 'model_error', message, upstreamRequestId });
}

function unreadable({ upstreamRequestId }: NativeAnswer): UpstreamError {
  const message = 'The upstream sent an answer that cannot be read.';
  return new UpstreamError({ kind: 'malformed', message, upstreamRequestId });
}

/** Nova Canvas refuses a prompt that its filter does not like as if the request were wrong. */
export function asFiltered(error: unknown): never {
  const isFilter =
    error instanceof UpstreamError && error.kind === 'rejected' && /content filter/i.test(error.message);
  throw isFilter ? allFiltered(error.upstreamRequestId) : error;
}

/** Nothing of what was asked for is shown, and nothing is billed. */
export function allFiltered(upstreamRequestId: string | undefined): UpstreamError {
  const message = 'The request was refused by the content filter of the model.';
  return new UpstreamError({ kind: 'rejected', message, isFiltered: true, upstreamRequestId });
}

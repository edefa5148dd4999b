// Everything before the first byte leaves: the body, the region, the path and the authorisation of one call.
import type { UpstreamTarget } from '../../canonical/admission.ts';
import { CutCall } from '../../canonical/cut-call.ts';
import { UpstreamError } from '../../canonical/upstream-error.ts';
import type { ConverseBody } from '../../wire/bedrock/converse-body.ts';
import { encodeMetadata, withMetadata } from '../../wire/bedrock/request-metadata.ts';
import type { ProviderCall } from '../provider.ts';
import { type Call, type CallRequest, type CallSink, openCall } from './call.ts';
import type { Pools } from './pools.ts';
import type { Regions } from './regions.ts';
import { encodeSegment } from './signer.ts';

/** Sends the prepared call; what comes back goes to the sink. */
export type StartCall = (sink: CallSink) => Call;

/** How an operation is called. */
export interface Operation extends Pick<CallRequest, 'contentType' | 'firstByteMs' | 'idleMs'> {
  /** Last segment of the path. */
  name: 'converse' | 'converse-stream' | 'count-tokens' | 'invoke';
}

export interface PrepareCallDeps {
  pools: Pools;
  regions: Regions;
}

/**
 * Nothing is sent until the result is called.
 *
 * @throws UpstreamError `auth` or `not_found`; CutCall
 */
export function prepareCall(
  deps: PrepareCallDeps,
  { admission, target, chat }: ProviderCall & { chat: ConverseBody },
  how: Operation & { signal: AbortSignal },
): Promise<StartCall> {
  return prepareJson(deps, { target, json: withMetadata(chat, encodeMetadata(admission)) }, how);
}

/**
 * The same for any operation that takes JSON.
 *
 * @param metadata the header `x-amzn-bedrock-request-metadata`, of operations whose body has no place for it
 */
export async function prepareJson(
  { pools, regions }: PrepareCallDeps,
  { target, json, metadata }: { target: UpstreamTarget; json: object; metadata?: string },
  { name, ...how }: Operation & { signal: AbortSignal },
): Promise<StartCall> {
  const body = Buffer.from(JSON.stringify(json));
  const segment = modelSegment(target.modelId);
  const found = regions.of(target);
  const region = found instanceof Promise ? await abortable(found, how.signal) : found;
  const path = `${region.basePath}/model/${segment}/${name}`;
  // Nearly always there at once; racing a promise against the signal would cost more than the signature.
  const authorized = region.authorize(path, body, metadata);
  const headers = authorized instanceof Promise ? await abortable(authorized, how.signal) : authorized;
  return (sink) => openCall(pools.of(region.origin), { ...how, path, headers, body }, sink);
}

/** A model id of dots would climb out of `/model/`. */
function modelSegment(modelId: string): string {
  if (/^\.*$/.test(modelId)) {
    throw new UpstreamError({ kind: 'not_found', message: 'The upstream does not know this model.' });
  }
  return encodeSegment(modelId);
}

/** The promise's outcome, unless the signal comes first: then nothing was sent. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new CutCall(signal.reason, null));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

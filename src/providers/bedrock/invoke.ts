// One call of InvokeModel with a body in its model's own words: read whole, with the header that counts its tokens.
import type { NativeAnswer } from '../../wire/bedrock/native-call.ts';
import { encodeMetadata } from '../../wire/bedrock/request-metadata.ts';
import type { ProviderCall } from '../provider.ts';
import { one } from './call.ts';
import { collectJson } from './collect-answer.ts';
import { type Operation, type PrepareCallDeps, prepareJson, type StartCall } from './prepare-call.ts';

/** Rejects with an `UpstreamError`, the signal's reason, or a `CutCall` of it. */
export type Invoke = (call: ProviderCall, body: object, signal: AbortSignal) => Promise<NativeAnswer>;

export function createInvoker(deps: PrepareCallDeps, operation: Operation): Invoke {
  return async ({ admission, target }, json, signal) => {
    const metadata = JSON.stringify(encodeMetadata(admission));
    return collect(await prepareJson(deps, { target, json, metadata }, { ...operation, signal }));
  };
}

function collect(start: StartCall): Promise<NativeAnswer> {
  let inputTokenCount: string | undefined;
  const watched: StartCall = (sink) =>
    start({
      ...sink,
      start(id, headers) {
        inputTokenCount = one(headers?.['x-amzn-bedrock-input-token-count']);
        sink.start(id, headers);
      },
    });
  return collectJson(watched, (body, upstreamRequestId) => ({ body, inputTokenCount, upstreamRequestId }));
}

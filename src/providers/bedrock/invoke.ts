// One call of InvokeModel with a body in its model's own words: read whole, with the headers that count its tokens.
import type { NativeAnswer } from '../../wire/bedrock/native-call.ts';
import { encodeMetadata } from '../../wire/bedrock/request-metadata.ts';
import type { ProviderCall } from '../provider.ts';
import { one } from './call.ts';
import { type Operation, type PrepareCallDeps, prepareBody, type StartCall } from './prepare-call.ts';
import { unreadable } from './transport-errors.ts';

/** Five pictures of four megapixels in base64 stay below it. */
const MAX_ANSWER_BYTES = 128 * 1024 * 1024;

/** Rejects with an `UpstreamError` or the signal's reason. */
export type Invoke = (call: ProviderCall, body: object, signal: AbortSignal) => Promise<NativeAnswer>;

export function createInvoker(deps: PrepareCallDeps, operation: Operation): Invoke {
  return async ({ admission, target }, body, signal) => {
    const metadata = JSON.stringify(encodeMetadata(admission));
    const bytes = Buffer.from(JSON.stringify(body));
    const prepared = { target, body: bytes, metadata };
    return collect(await prepareBody(deps, prepared, { ...operation, signal }));
  };
}

function collect(start: StartCall): Promise<NativeAnswer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    let upstreamRequestId: string | undefined;
    let inputTokenCount: string | undefined;
    start({
      start(id, headers) {
        upstreamRequestId = id;
        inputTokenCount = one(headers?.['x-amzn-bedrock-input-token-count']);
      },
      data(chunk) {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) throw unreadable(upstreamRequestId);
        parts.push(chunk);
      },
      end() {
        try {
          const body: unknown = JSON.parse(Buffer.concat(parts, size).toString());
          resolve({ body, inputTokenCount, upstreamRequestId });
        } catch (error) {
          reject(unreadable(upstreamRequestId, error));
        }
      },
      fail: reject,
    });
  });
}

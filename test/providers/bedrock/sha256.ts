// SHA-256 for the SDK's signer.
import { createHash, createHmac } from 'node:crypto';

/** SHA-256 in the form the SDK's signer wants. */
export class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    // The signer only ever passes strings and byte arrays.
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";

/** The hash that the SDK's signer is given. */
export class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(key?: string | Uint8Array | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", Buffer.from(key as Uint8Array));
  }
  update(data: string | Uint8Array) {
    this.#hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.#hash.digest());
  }
  reset() {}
}

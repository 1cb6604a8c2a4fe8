import { createGunzip, gunzipSync } from "node:zlib";
import { createZlibEngine } from "../../compression/zlib-engine.ts";

/** Deflate cannot do better. */
const maxRatio = 1_032;
const minBytes = 18;
const engine = createZlibEngine(createGunzip);

/** Decompresses gzip at once, by one engine for all answers whose stated size is true. Throws as `gunzipSync` does. */
export function gunzipOnce(raw: Buffer, maxOutputLength: number): Buffer {
  const stated = raw.length < minBytes ? 0 : raw.readUInt32LE(raw.length - 4);
  const isPlausible = stated > 0 && stated <= maxOutputLength && stated <= raw.length * maxRatio;
  return (isPlausible ? inflate(raw, stated) : undefined) ?? gunzipSync(raw, { maxOutputLength });
}

/** Undefined where anything is not as the size says. */
function inflate(raw: Buffer, bytes: number): Buffer | undefined {
  const out = Buffer.allocUnsafeSlow(bytes + 1);
  const ran = engine.run(raw, 0, out);
  return ran?.kind === "done" && ran.written === bytes && ran.read === raw.length ? out.subarray(0, bytes) : undefined;
}

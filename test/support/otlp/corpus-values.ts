import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";

/** Seconds since the epoch at which the corpus begins: whatever it holds depends on nothing but this and an index. */
export const corpusEpoch = 1_700_000_000;

export function timeOf(index: number, offsetNanos = 0): [number, number] {
  return [corpusEpoch + Math.floor(index / 100), (index % 100) * 10_000_000 + offsetNanos];
}

/** Hexadecimal id of `bytes` bytes: well mixed, so that ids compress as badly as real ones. */
export function idOf(index: number, bytes: 8 | 16): string {
  let id = "";
  for (let word = 0; word < bytes / 4; word++)
    id += mix(index * 4 + word + bytes)
      .toString(16)
      .padStart(8, "0");
  return id;
}

export function mix(seed: number): number {
  let state = (seed + 0x9e3779b9) | 0;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

/** Attributes as HTTP and database instrumentation writes them. */
export function requestAttributes(index: number) {
  const user = mix(index) % 10_000;
  return {
    "http.request.method": ["GET", "POST", "PUT", "DELETE"][index % 4] ?? "GET",
    "http.response.status_code": index % 17 === 0 ? 500 : 200,
    "url.path": `/api/v1/users/${user}/orders/${mix(index + 1) % 100_000}`,
    "server.address": "orders.internal.example.com",
    "server.port": 8443,
    "network.protocol.version": "1.1",
    "user_agent.original": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    "client.address": `10.${user % 256}.${(user >> 3) % 256}.${index % 256}`,
  };
}

/** One attribute of every type that the wire knows, with awkward values. */
export const everyAttribute = {
  "test.string": "Grüße, 世界 🌍",
  "test.empty": "",
  "test.true": true,
  "test.false": false,
  "test.int": 42,
  "test.zero": 0,
  "test.negative": -7,
  "test.safe": Number.MAX_SAFE_INTEGER,
  "test.double": 3.5,
  "test.tiny": 5e-324,
  "test.strings": ["a", "", "ü"],
  "test.ints": [1, -2, 3],
  "test.doubles": [0.5, -1.25],
  "test.booleans": [true, false],
  "test.none": [],
};

/** What only log records could hold at first: bytes, maps, mixed and nested arrays, nothing at all. */
export const everyLogAttribute = {
  ...everyAttribute,
  "test.bytes": new Uint8Array([0, 1, 127, 128, 255]),
  "test.map": { inner: { deep: [1, "two", { three: 3.5 }], empty: {} }, flag: true },
  "test.mixed": ["a", 1, 2.5, false, [1, [2]], { k: "v" }],
};

export function resourceOf(index: number): Resource {
  return resourceFromAttributes({
    "service.name": `shop-${["frontend", "orders", "payments", "stock"][index % 4]}`,
    "service.namespace": "shop",
    "service.version": `1.${index}.0`,
    "service.instance.id": idOf(index, 16),
    "deployment.environment.name": "production",
    "cloud.provider": "aws",
    "cloud.region": "eu-central-1",
    "process.pid": 4000 + index,
    "telemetry.sdk.language": "nodejs",
  });
}

// XXH3 without a seed, as its specification says (github.com/Cyan4973/xxHash, doc/xxhash_spec.md).

/** The secret that belongs to it, 192 bytes. */
const secret = viewOf(
  Buffer.from(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248e" +
      "e03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8fa763fe39c343ff9dcbbc7c70b4f1d" +
      "8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc" +
      "8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e",
    "hex",
  ),
);
const half1 = 0x9e3779b1n;
const half2 = 0x85ebca77n;
const half3 = 0xc2b2ae3dn;
const prime1 = 0x9e3779b185ebca87n;
const prime2 = 0xc2b2ae3d27d4eb4fn;
const prime3 = 0x165667b19e3779f9n;
const prime4 = 0x85ebca77c2b2ae63n;
const prime5 = 0x27d4eb2f165667c5n;
const primeMix = 0x9fb21c651e98df25n;
const stripe = 64;
const block = 1024;

/** XXH3 of 64 bits. */
export function xxh3(bytes: Uint8Array): bigint {
  const input = viewOf(bytes);
  const length = bytes.length;
  const size = BigInt(length);
  if (length > 240) return merged(accumulate(input), 11, u64(size * prime1));
  if (length > 128) {
    let sum = u64(size * prime1);
    for (let at = 0; at < 128; at += 16) sum += folded(input, at, at);
    sum = avalanche(u64(sum));
    for (let at = 128; at + 16 <= length; at += 16) sum += folded(input, at, at - 125);
    return avalanche(u64(sum + folded(input, length - 16, 119)));
  }
  if (length > 16) {
    let sum = u64(size * prime1);
    for (let pair = (length - 1) >> 5; pair >= 0; pair--)
      sum += folded(input, pair * 16, pair * 32) + folded(input, length - pair * 16 - 16, pair * 32 + 16);
    return avalanche(u64(sum));
  }
  if (length > 8) {
    const low = word(input, 0) ^ key(24) ^ key(32);
    const high = word(input, length - 8) ^ key(40) ^ key(48);
    return avalanche(u64(size + swapped(low) + high + fold(low, high)));
  }
  if (length > 3) {
    const input64 = BigInt(input.getUint32(length - 4, true)) + (BigInt(input.getUint32(0, true)) << 32n);
    let mixed = input64 ^ key(8) ^ key(16);
    mixed ^= rotated(mixed, 49n) ^ rotated(mixed, 24n);
    mixed = u64(mixed * primeMix);
    mixed = u64((mixed ^ ((mixed >> 35n) + size)) * primeMix);
    return mixed ^ (mixed >> 28n);
  }
  return length > 0 ? finished(packed(input) ^ half(0)) : finished(key(56) ^ key(64));
}

/** XXH3 of 128 bits, the high half in front. */
export function xxh3Wide(bytes: Uint8Array): bigint {
  const input = viewOf(bytes);
  const length = bytes.length;
  const size = BigInt(length);
  if (length > 240) {
    const lanes = accumulate(input);
    return joined(merged(lanes, 117, u64(~(size * prime2))), merged(lanes, 11, u64(size * prime1)));
  }
  if (length > 16) return wideMiddle(input);
  if (length > 8) {
    const last = word(input, length - 8) ^ key(48) ^ key(56);
    const product = (word(input, 0) ^ word(input, length - 8) ^ key(32) ^ key(40)) * prime1;
    const high = u64((product >> 64n) + last + (last & 0xffffffffn) * (half2 - 1n));
    const low = u64(u64(product) + ((size - 1n) << 54n)) ^ swapped(high);
    const again = low * prime2;
    return joined(avalanche(u64((again >> 64n) + high * prime2)), avalanche(u64(again)));
  }
  if (length > 3) {
    const input64 = BigInt(input.getUint32(0, true)) + (BigInt(input.getUint32(length - 4, true)) << 32n);
    const product = (input64 ^ key(16) ^ key(24)) * u64(prime1 + (size << 2n));
    let low = u64(product);
    const high = u64((product >> 64n) + (low << 1n));
    low ^= high >> 3n;
    low = u64((low ^ (low >> 35n)) * primeMix);
    return joined(avalanche(high), low ^ (low >> 28n));
  }
  if (length === 0) return joined(finished(key(80) ^ key(88)), finished(key(64) ^ key(72)));
  const low = packed(input);
  const turned = swapped(low) >> 32n;
  const high = ((turned << 13n) | (turned >> 19n)) & 0xffffffffn;
  return joined(finished(high ^ half(8)), finished(low ^ half(0)));
}

/** 17 to 240 bytes. */
function wideMiddle(input: DataView): bigint {
  const length = input.byteLength;
  const size = BigInt(length);
  let low = u64(size * prime1);
  let high = 0n;
  const mix = (front: number, back: number, at: number): void => {
    low = u64(low + folded(input, front, at)) ^ u64(word(input, back) + word(input, back + 8));
    high = u64(high + folded(input, back, at + 16)) ^ u64(word(input, front) + word(input, front + 8));
  };
  if (length > 128) {
    for (let at = 0; at < 128; at += 32) mix(at, at + 16, at);
    low = avalanche(low);
    high = avalanche(high);
    for (let at = 128; at + 32 <= length; at += 32) mix(at, at + 16, at - 125);
    mix(length - 16, length - 32, 103);
  } else for (let pair = (length - 1) >> 5; pair >= 0; pair--) mix(pair * 16, length - pair * 16 - 16, pair * 32);
  return joined(u64(-avalanche(u64(low * prime1 + high * prime4 + size * prime2))), avalanche(u64(low + high)));
}

/** The eight lanes of a long input. */
function accumulate(input: DataView): BigUint64Array {
  const lanes = BigUint64Array.of(half3, prime1, prime2, prime3, prime4, half2, prime5, half1);
  const length = input.byteLength;
  let from = 0;
  for (; from + block < length; from += block) {
    for (let at = 0; at < block; at += stripe) addStripe(lanes, input, { from: from + at, keyAt: at / 8 });
    for (let lane = 0; lane < 8; lane++) {
      const sum = lanes[lane] as bigint;
      lanes[lane] = (sum ^ (sum >> 47n) ^ key(128 + lane * 8)) * half1;
    }
  }
  for (let at = 0; from + at + stripe < length; at += stripe)
    addStripe(lanes, input, { from: from + at, keyAt: at / 8 });
  addStripe(lanes, input, { from: length - stripe, keyAt: 121 });
  return lanes;
}

function addStripe(lanes: BigUint64Array, input: DataView, { from, keyAt }: { from: number; keyAt: number }): void {
  for (let lane = 0; lane < 8; lane++) {
    const value = word(input, from + lane * 8);
    const mixed = value ^ key(keyAt + lane * 8);
    lanes[lane ^ 1] = (lanes[lane ^ 1] as bigint) + value;
    lanes[lane] = (lanes[lane] as bigint) + (mixed & 0xffffffffn) * (mixed >> 32n);
  }
}

function merged(lanes: BigUint64Array, keyAt: number, start: bigint): bigint {
  let sum = start;
  for (let lane = 0; lane < 8; lane += 2)
    sum += fold(
      (lanes[lane] as bigint) ^ key(keyAt + lane * 8),
      (lanes[lane + 1] as bigint) ^ key(keyAt + lane * 8 + 8),
    );
  return avalanche(u64(sum));
}

function folded(input: DataView, at: number, keyAt: number): bigint {
  return fold(word(input, at) ^ key(keyAt), word(input, at + 8) ^ key(keyAt + 8));
}

function fold(a: bigint, b: bigint): bigint {
  const product = a * b;
  return u64(product) ^ (product >> 64n);
}

/** One to three bytes and how many they are. */
function packed(input: DataView): bigint {
  const length = input.byteLength;
  const byte = (at: number): bigint => BigInt(input.getUint8(at));
  return (byte(0) << 16n) | (byte(length >> 1) << 24n) | byte(length - 1) | (BigInt(length) << 8n);
}

function half(at: number): bigint {
  return BigInt((secret.getUint32(at, true) ^ secret.getUint32(at + 4, true)) >>> 0);
}

function avalanche(value: bigint): bigint {
  const mixed = u64((value ^ (value >> 37n)) * 0x165667919e3779f9n);
  return mixed ^ (mixed >> 32n);
}

/** What XXH64 ends with. */
function finished(value: bigint): bigint {
  let mixed = u64((value ^ (value >> 33n)) * prime2);
  mixed = u64((mixed ^ (mixed >> 29n)) * prime3);
  return mixed ^ (mixed >> 32n);
}

function joined(high: bigint, low: bigint): bigint {
  return (high << 64n) | low;
}

const scratch = new DataView(new ArrayBuffer(8));

function swapped(value: bigint): bigint {
  scratch.setBigUint64(0, value, true);
  return scratch.getBigUint64(0);
}

function rotated(value: bigint, by: bigint): bigint {
  return u64(value << by) | (value >> (64n - by));
}

function word(input: DataView, at: number): bigint {
  return input.getBigUint64(at, true);
}

function key(at: number): bigint {
  return secret.getBigUint64(at, true);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function u64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

/** A stream of pseudo-random numbers that a seed determines (xorshift32). */
export interface Dice {
  /** An integer, 0 ≤ x < limit. */
  below(limit: number): number;
}

export function createDice(seed: number): Dice {
  // Neighbouring seeds must not begin alike, and a state of 0 would stay 0.
  let state = Math.imul(seed + 1, 0x9e3779b1) || 1;
  return {
    below(limit) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % limit;
    },
  };
}

type Mutation = (bytes: Buffer, dice: Dice, other: Uint8Array) => Buffer;

const interesting = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x08, 0x0a, 0x0b, 0x0c, 0x12, 0x1a];
const varints = ["ffffffffffffffffff01", "8080808010", "ffffffff0f", "80808080808080808000", "ffffffff07", "8a8000"];
const tokens = [
  "null",
  "[",
  "{",
  "}",
  "]",
  '"',
  ",",
  ":",
  "\\u0000",
  "\\ud800",
  "\\",
  "-",
  "1e400",
  "0",
  "[[[[",
  "true",
  " ",
];

const mutations: readonly Mutation[] = [
  function flipBit(bytes, dice) {
    const at = dice.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.below(8));
    return bytes;
  },
  function setByte(bytes, dice) {
    bytes[dice.below(bytes.length)] = interesting[dice.below(interesting.length)] ?? 0;
    return bytes;
  },
  function addOne(bytes, dice) {
    const at = dice.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) + (dice.below(2) ? 1 : 255);
    return bytes;
  },
  function truncate(bytes, dice) {
    return bytes.subarray(0, dice.below(bytes.length));
  },
  function spliceVarint(bytes, dice) {
    const at = dice.below(bytes.length);
    const varint = Buffer.from(varints[dice.below(varints.length)] ?? "", "hex");
    return Buffer.concat([bytes.subarray(0, at), varint, bytes.subarray(at + dice.below(2))]);
  },
  function spliceToken(bytes, dice) {
    const at = dice.below(bytes.length);
    const token = Buffer.from(tokens[dice.below(tokens.length)] ?? "");
    return Buffer.concat([bytes.subarray(0, at), token, bytes.subarray(at + dice.below(2))]);
  },
  function removeSlice(bytes, dice) {
    const [start, end] = slice(bytes, dice);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  function duplicateSlice(bytes, dice) {
    const [start, end] = slice(bytes, dice);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  function spliceOther(bytes, dice, other) {
    const [start, end] = slice(other, dice);
    const at = dice.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(start, end), bytes.subarray(at)]);
  },
  function append(bytes, _, other) {
    return Buffer.concat([bytes, other]);
  },
];

/** A copy of `bytes` with one to three mutations; `other` is where foreign pieces come from. */
export function mutate(bytes: Uint8Array, dice: Dice, other: Uint8Array): Uint8Array {
  let mutated: Buffer = Buffer.from(bytes);
  for (let times = 1 + dice.below(3); times > 0 && mutated.length > 0; times--) {
    mutated = (mutations[dice.below(mutations.length)] as Mutation)(mutated, dice, other);
  }
  return mutated;
}

function slice(bytes: Uint8Array, dice: Dice): [number, number] {
  const start = dice.below(bytes.length);
  return [start, Math.min(bytes.length, start + 1 + dice.below(dice.below(4) === 0 ? 200 : 12))];
}

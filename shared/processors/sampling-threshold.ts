/** Randomness and thresholds have 56 bits; an item is kept when its randomness is at least the threshold. */
const probabilities = 1n << 56n;
export const alwaysSample = 0n;
/** Above every randomness. */
export const neverSample = 1n << 56n;
/** What stands for missing randomness: kept by every threshold but `neverSample`. */
export const fullRandomness = probabilities - 1n;

const hexDigits = 14;
const minProbability = 2 ** -56;

/**
 * The threshold of a probability with `precision` hexadecimal digits; leading `0` and `f` digits do not count. Never
 * samples below 2^-56.
 */
export function thresholdOf(probability: number, precision: number): bigint {
  if (probability < minProbability) return neverSample;
  if (probability > 1 - 2 ** -52) return alwaysSample;
  const digits = Math.min(
    hexDigits,
    Math.max(precision + leadingDigits(probability), precision + leadingDigits(1 - probability)),
  );
  const threshold = probabilities - BigInt(Math.round(probability * 2 ** 56));
  const shift = BigInt(4 * (hexDigits - digits));
  if (shift === 0n) return threshold;
  return ((threshold + (1n << (shift - 1n))) >> shift) << shift;
}

/** Hexadecimal digits of zeros behind the point of a fraction. */
function leadingDigits(fraction: number): number {
  const exponent = Math.floor(Math.log2(fraction)) + 1;
  return Math.trunc(-exponent / 4);
}

/** The probability that a threshold leaves. */
export function probabilityOf(threshold: bigint): number {
  return Number(probabilities - threshold) / 2 ** 56;
}

/** A threshold as it is written: hexadecimal without the zeros at the end, `0` for all. */
export function thresholdText(threshold: bigint): string {
  if (threshold === alwaysSample) return "0";
  return threshold.toString(16).padStart(hexDigits, "0").replace(/0+$/, "");
}

/** Reads a threshold; undefined for what is not one. */
export function parseThreshold(text: string): bigint | undefined {
  return /^[0-9a-f]{1,14}$/.test(text) ? BigInt(`0x${text.padEnd(hexDigits, "0")}`) : undefined;
}

/** Randomness as it is written: fourteen digits. */
export function randomnessText(randomness: bigint): string {
  return randomness.toString(16).padStart(hexDigits, "0");
}

/** Reads randomness; undefined for what is not. */
export function parseRandomness(text: string): bigint | undefined {
  return /^[0-9a-f]{14}$/.test(text) ? BigInt(`0x${text}`) : undefined;
}

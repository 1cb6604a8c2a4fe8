/** Powers of ten that a double holds exactly: with a mantissa below 2^53, one division or product rounds correctly. */
const powersOfTen = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
const headDigits = 15;
const maxDigits = 20;

/**
 * A number of JSON, read from its text (RFC 8259, section 6) without passing integers through a double. After `read`
 * it is asked for as a double or as a 64-bit integer.
 */
export class JsonNumber {
  /** After `toInteger`: the 64 bits, two's complement where negative. */
  high = 0;
  low = 0;
  negative = false;

  private text: Uint8Array = new Uint8Array(0);
  private start = 0;
  private stop = 0;
  /** The value of the first 15 digits, the value of those up to the 20th, and how many there are. */
  private head = 0;
  private tail = 0;
  private digits = 0;
  /** The power of ten that the digits are to be multiplied by, infinite where the text says so, and whether the text is digits alone. */
  private exponent = 0;
  private plain = true;

  /** Reads the longest number at `start` and returns its end; `start` where there is none. */
  read(text: Uint8Array, start: number, stop: number): number {
    this.text = text;
    this.start = start;
    this.head = 0;
    this.tail = 0;
    this.digits = 0;
    this.exponent = 0;
    this.plain = true;
    this.negative = text[start] === 0x2d;
    const first = this.negative ? start + 1 : start;
    let at = this.readDigits(first, stop);
    // A number starts with a digit, and with 0 only where that is all of its integer part.
    if (at === first || (text[first] === 0x30 && at > first + 1)) return start;
    const next = at < stop ? (text[at] as number) : 0;
    if (next === 0x2e || next === 0x65 || next === 0x45) {
      at = this.readRest(at, stop);
      if (at === 0) return start;
    }
    this.stop = at;
    return at;
  }

  /** The nearest double; infinite where the number is out of range. */
  toDouble(): number {
    const exponent = this.exponent;
    if (this.digits > headDigits || exponent < -22 || exponent > 22)
      return Number(ascii(this.text, this.start, this.stop));
    const power = powersOfTen[Math.abs(exponent)] as number;
    const value = exponent < 0 ? this.head / power : this.head * power;
    return this.negative ? -value : value;
  }

  /** Puts the number into `high` and `low`; false where it has a fraction or does not fit 64 bits. */
  toInteger(signed: boolean): boolean {
    if (!(this.plain ? this.combine() : this.normalise())) return false;
    if (!this.negative) return !signed || this.high < 0x80000000;
    if (this.high === 0 && this.low === 0) return true;
    if (!signed || this.high > 0x80000000 || (this.high === 0x80000000 && this.low > 0)) return false;
    this.high = ~this.high + (this.low === 0 ? 1 : 0);
    this.low = -this.low >>> 0;
    this.high >>>= 0;
    return true;
  }

  /** Fraction and exponent; 0 where one of them has no digits. */
  private readRest(from: number, stop: number): number {
    const text = this.text;
    let at = from;
    this.plain = false;
    if (text[at] === 0x2e) {
      at = this.readDigits(from + 1, stop);
      if (at === from + 1) return 0;
      this.exponent = from + 1 - at;
    }
    if (at === stop || ((text[at] as number) | 0x20) !== 0x65) return at;
    return this.readExponent(at + 1, stop);
  }

  private readExponent(from: number, stop: number): number {
    const sign = this.text[from];
    const first = sign === 0x2b || sign === 0x2d ? from + 1 : from;
    let value = 0;
    let at = first;
    for (; at < stop; at++) {
      const digit = (this.text[at] as number) - 0x30;
      if (digit >>> 0 > 9) break;
      value = value * 10 + digit;
    }
    this.exponent += sign === 0x2d ? -value : value;
    return at === first ? 0 : at;
  }

  private readDigits(from: number, stop: number): number {
    const text = this.text;
    let { head, digits } = this;
    let at = from;
    for (; at < stop && digits < headDigits; at++, digits++) {
      const digit = (text[at] as number) - 0x30;
      if (digit >>> 0 > 9) break;
      head = head * 10 + digit;
    }
    this.head = head;
    if (digits >= headDigits) {
      let tail = this.tail;
      for (; at < stop; at++, digits++) {
        const digit = (text[at] as number) - 0x30;
        if (digit >>> 0 > 9) break;
        if (digits < maxDigits) tail = tail * 10 + digit;
      }
      this.tail = tail;
    }
    this.digits = digits;
    return at;
  }

  /** The digits as they stand, as an unsigned integer in two halves of 32 bits. */
  private combine(): boolean {
    this.high = Math.floor(this.head / 2 ** 32);
    this.low = this.head >>> 0;
    if (this.digits <= headDigits) return true;
    if (this.digits > maxDigits) return false;
    const power = powersOfTen[this.digits - headDigits] as number;
    const low = this.low * power + this.tail;
    this.high = this.high * power + Math.floor(low / 2 ** 32);
    this.low = low >>> 0;
    return this.high < 2 ** 32;
  }

  /** `1.0`, `1e3`, `12.5e1`: an integer where nothing but zeros stands behind the decimal point. */
  private normalise(): boolean {
    const { digits, exponent, head } = this;
    const power = powersOfTen[Math.abs(exponent)];
    if (power === undefined || digits > headDigits || digits + exponent > headDigits) return this.normaliseLong();
    // Exact: of 15 digits, a quotient that is not whole is never rounded to one that is.
    this.head = exponent < 0 ? head / power : head * power;
    return Number.isInteger(this.head) && this.combine();
  }

  /** The same for more digits than a double holds: rare, so by text. */
  private normaliseLong(): boolean {
    const digits = ascii(this.text, this.start, this.stop).replace(/^-|[eE].*$|\./g, "");
    let last = digits.length;
    while (last > 0 && digits[last - 1] === "0") last--;
    let first = 0;
    while (first < last && digits[first] === "0") first++;
    const zeros = this.exponent + digits.length - last;
    const size = last - first + zeros;
    if (last > first && (zeros < 0 || size > maxDigits)) return false;
    const value = last > first ? BigInt(digits.slice(first, last) + "0".repeat(zeros)) : 0n;
    this.high = Number(value >> 32n);
    this.low = Number(value & 0xffffffffn);
    return this.high < 2 ** 32;
  }
}

/** The end of the number at `start`; `start` where there is none. */
export function numberEnd(text: Uint8Array, start: number, stop: number): number {
  return skipped.read(text, start, stop);
}

const skipped = new JsonNumber();

const latin1 = new TextDecoder("latin1");

/** Bytes as a string of one character each. Short ones without the decoder, whose call costs more than they do. */
export function ascii(text: Uint8Array, start: number, stop: number): string {
  if (stop - start <= 24) {
    let string = "";
    for (let at = start; at < stop; at++) string += String.fromCharCode(text[at] as number);
    return string;
  }
  return latin1.decode(text.subarray(start, stop));
}

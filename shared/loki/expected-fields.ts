const maxFields = 32;
const maxNameBytes = 64;
/** A place that has another field in every line is not worth more. */
const maxChanges = 64;

interface Expected<Found> {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly found: Found | undefined;
}

/** A text of JSON, up to `end`. */
interface Text {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly end: number;
}

/**
 * The fields that lines had at each place: those that come together mostly have the same ones, and a name that is compared with four
 * bytes at a time need not be read and looked for.
 */
export class ExpectedFields<Found> {
  private readonly fields: Expected<Found>[] = [];
  private changes = 0;

  /** How long the name at `from` is with its quotes and its colon; 0 when another one than expected stands there. */
  lengthAt(place: number, { bytes, view, end }: Text, from: number): number {
    const field = place < this.fields.length ? this.fields[place] : undefined;
    if (field === undefined) return 0;
    const { length } = field.bytes;
    if (from + length > end) return 0;
    let at = 0;
    for (; at + 4 <= length; at += 4) {
      if (field.view.getInt32(at, true) !== view.getInt32(from + at, true)) return 0;
    }
    while (at < length && field.bytes[at] === bytes[from + at]) at += 1;
    return at === length ? length : 0;
  }

  /** What the field was found to be. */
  found(place: number): Found | undefined {
    return this.fields[place]?.found;
  }

  /** `name` has its quotes and its colon, and no escapes. */
  expect(place: number, name: Buffer, found: Found | undefined): void {
    if (place > this.fields.length || place >= maxFields || name.length > maxNameBytes) return;
    if (this.changes >= maxChanges) return;
    this.changes += 1;
    const bytes = Buffer.from(name);
    this.fields[place] = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), found };
  }
}

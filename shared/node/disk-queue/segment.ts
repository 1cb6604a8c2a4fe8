import type { Files, OpenFile } from "./files.ts";
import { decodeFooter, encodeFooter, type Footer, footerBytes } from "./footer.ts";
import { type Entry, readRecord, type Scan, scanSegment } from "./scan-segment.ts";
import { SegmentIndex, type SlotRange } from "./segment-index.ts";
import { formatSegmentName, type SegmentName } from "./segment-name.ts";
import { readSlot, type Slot, slotBytes } from "./slots.ts";

/** Slots that stand this near to each other are written together. */
const maxGapBytes = 4096;
/** What is larger than this share of the space that would be made ahead of it takes long enough by itself (decision 0251). */
const maxAheadShare = 1 / 8;

/**
 * One file of records, only ever appended to, with one of what became of them. Its index is in memory while it is appended
 * to or read. Everything that touches the disk rejects with the system's error.
 */
export class Segment {
  readonly name: SegmentName;
  /** Without extension. */
  readonly path: string;
  /** Of the records; a footer may follow. */
  bytes = 0;
  isSealed = false;
  /** Where the file ends as far as it was made longer. */
  #fileBytes = 0;
  readonly #files: Files;
  #records: OpenFile | undefined;
  #state: OpenFile | undefined;
  #index: SegmentIndex | undefined;
  #summary: Summary = { records: 0, live: 0, liveBytes: 0, lastSequence: 0, oldestAt: 0, newestAt: 0 };
  #unsaved: SlotRange[] = [];
  #isUnsynced = false;

  private constructor(directory: string, name: SegmentName, files: Files) {
    this.name = name;
    this.path = `${directory}/${formatSegmentName(name)}`;
    this.#files = files;
    this.#summary = { ...this.#summary, lastSequence: name.base - 1 };
  }

  /** A new one, empty; its name is on the disk when the directory is synced. */
  static async create(directory: string, name: SegmentName, files: Files, extension = ".segment"): Promise<Segment> {
    const segment = new Segment(directory, name, files);
    segment.#records = await files.open(`${segment.path}${extension}`, "create");
    segment.#index = new SegmentIndex(name);
    return segment;
  }

  /** One that is there, by its footer or else by reading through it. */
  static async open(directory: string, name: SegmentName, files: Files): Promise<{ segment: Segment; scan?: Scan }> {
    const segment = new Segment(directory, name, files);
    segment.isSealed = true;
    const file = await segment.#file();
    const size = await file.size();
    const end = Buffer.alloc(Math.min(footerBytes, size));
    await file.read(end, size - end.length);
    const footer = decodeFooter(end, name.salt);
    if (footer && footer.dataBytes === size - footerBytes) {
      segment.bytes = footer.dataBytes;
      segment.#summary = await segment.#summaryOf(footer);
      await segment.unload();
      return { segment };
    }
    const scan = await scanSegment(file, { ...name, size, mayBeTorn: true });
    segment.bytes = scan.end;
    segment.#index = SegmentIndex.of(name, scan.entries, await segment.#readState());
    segment.#summarize();
    return { segment, scan };
  }

  /** What is in it, whether or not its index is in memory. */
  get summary(): Summary {
    return this.#summary;
  }

  get isLoaded(): boolean {
    return this.#index !== undefined;
  }

  /** The index, read where it is not in memory; `damagedBytes` where there was more than records. */
  async load(): Promise<{ index: SegmentIndex; damagedBytes: number }> {
    if (this.#index) return { index: this.#index, damagedBytes: 0 };
    const file = await this.#file();
    const scan = await scanSegment(file, { ...this.name, size: this.bytes, mayBeTorn: false });
    this.#index ??= SegmentIndex.of(this.name, scan.entries, await this.#readState());
    this.#summarize();
    return { index: this.#index, damagedBytes: scan.damagedBytes + (this.bytes - scan.end) };
  }

  get index(): SegmentIndex | undefined {
    return this.#index;
  }

  /** Bytes behind the last record, without zeros at the end: space for what was to follow. */
  async tailBytes(): Promise<number> {
    const file = await this.#file();
    const tail = Buffer.alloc((await file.size()) - this.bytes);
    await file.read(tail, this.bytes);
    return tail.findLastIndex((byte) => byte !== 0) + 1;
  }

  /** Writes behind the last record, and makes it durable; now and then the space for what follows too. */
  async append(parts: readonly Uint8Array[]): Promise<void> {
    const file = await this.#file();
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    const { aheadBytes = 0 } = this.#files;
    const isShort = this.bytes + bytes > this.#fileBytes && bytes <= aheadBytes * maxAheadShare;
    this.#fileBytes = Math.max(this.#fileBytes, this.bytes + bytes + (isShort ? aheadBytes : 0));
    await file.append(isShort ? [...parts, zeros(aheadBytes)] : parts, this.bytes);
  }

  /** Writes behind the last record. */
  async write(parts: readonly Uint8Array[]): Promise<void> {
    await (await this.#file()).write(parts, this.bytes);
  }

  /** Makes appended records part of the segment. */
  add(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#index?.add(entry);
      this.bytes = entry.offset + entry.bytes;
    }
    const { records, oldestAt, newestAt, lastSequence } = this.#summary;
    const times = entries.map(({ sentAt }) => sentAt);
    this.#summary = {
      records: records + entries.length,
      live: this.#index?.live ?? 0,
      liveBytes: this.#index?.liveBytes ?? 0,
      lastSequence: entries.at(-1)?.sequence ?? lastSequence,
      oldestAt: Math.min(records === 0 ? Number.POSITIVE_INFINITY : oldestAt, ...times),
      newestAt: Math.max(newestAt, ...times),
    };
  }

  /** Takes away what an append left behind that failed. */
  async cut(): Promise<void> {
    await (await this.#file()).truncate(this.bytes);
    this.#fileBytes = this.bytes;
  }

  /** Nothing more is appended. Without its footer, which may fail to be written, the next start reads through it. */
  async seal(): Promise<void> {
    this.isSealed = true;
    if (this.#fileBytes > this.bytes) await this.cut();
    const { records, lastSequence, oldestAt, newestAt } = this.#summary;
    const footer = encodeFooter({ records, lastSequence, oldestAt, newestAt, dataBytes: this.bytes }, this.name.salt);
    await (await this.#file()).write([footer], this.bytes);
  }

  /** Cuts a torn tail off a file that was found, and seals it, so that the next start is quick. */
  async repair(): Promise<void> {
    await this.#records?.close();
    this.#records = await this.#files.open(`${this.path}.segment`, "write");
    await this.cut();
    await this.seal();
  }

  /** Puts what was written on the disk, for a segment that takes the place of another one. */
  async sync(): Promise<void> {
    await (await this.#file()).datasync();
    await this.syncState();
  }

  async read(entry: Entry): ReturnType<typeof readRecord> {
    return readRecord(await this.#file(), entry, this.name.salt);
  }

  /** Notes what became of a record, in memory; `save` writes it. */
  mark(at: number, slot: Slot): void {
    if (!this.#index) return;
    this.#unsaved.push(this.#index.mark(at, slot));
    const { live, liveBytes } = this.#index;
    this.#summary = { ...this.#summary, live, liveBytes };
  }

  /** Writes what was marked; what fails is written with the next save. It survives the end of the process at once, a power cut after `syncState`. */
  async save(): Promise<void> {
    if (this.#unsaved.length === 0 || !this.#index) return;
    const ranges = this.#unsaved;
    this.#unsaved = [];
    try {
      this.#state ??= await this.#files.open(`${this.path}.state`, "write");
      for (const range of joined(ranges)) await this.#state.write([this.#index.slots(range)], range.from);
      this.#isUnsynced = true;
    } catch (error) {
      this.#unsaved.push(...ranges);
      throw error;
    }
  }

  async syncState(): Promise<void> {
    if (!this.#isUnsynced) return;
    this.#isUnsynced = false;
    await this.#state?.datasync();
  }

  /** Forgets the index and closes the files: they are opened again when they are needed. */
  async unload(): Promise<void> {
    const open = [this.#records, this.#state];
    this.#records = undefined;
    this.#state = undefined;
    if (this.#unsaved.length === 0) this.#index = undefined;
    await Promise.all(open.map((file) => file?.close()));
  }

  /** Deletes both files; the records' first and for good, so that none comes back without its state. */
  async remove(directory: string): Promise<void> {
    this.#unsaved = [];
    await this.unload();
    await this.#files.remove(`${this.path}.segment`);
    await this.#files.syncDirectory(directory);
    await this.#files.remove(`${this.path}.state`);
  }

  async #file(): Promise<OpenFile> {
    // A sealed one may be on a disk that can only be read.
    this.#records ??= await this.#files.open(`${this.path}.segment`, this.isSealed ? "read" : "write");
    return this.#records;
  }

  async #readState(): Promise<Buffer> {
    try {
      const file = this.#state ?? (await this.#files.open(`${this.path}.state`, "read"));
      const slots = Buffer.alloc(await file.size());
      await file.read(slots, 0);
      if (file !== this.#state) await file.close();
      return slots;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
      throw error;
    }
  }

  /** Deleted records are counted by their slots; what their bytes were is known when the index is read. */
  async #summaryOf({ records, lastSequence, oldestAt, newestAt }: Footer): Promise<Summary> {
    const slots = await this.#readState();
    const { base, salt } = this.name;
    let deleted = 0;
    for (let at = 0; at < slots.length; at += slotBytes) {
      if (readSlot(slots, at, { sequence: base + at / slotBytes, salt }).isDeleted) deleted += 1;
    }
    const live = Math.max(0, records - deleted);
    return {
      records,
      live,
      liveBytes: records === 0 ? 0 : (this.bytes * live) / records,
      lastSequence,
      oldestAt,
      newestAt,
    };
  }

  #summarize(): void {
    const index = this.#index;
    if (!index) return;
    const { count, live, liveBytes } = index;
    const first = count > 0 ? index.entry(0) : undefined;
    const last = count > 0 ? index.entry(count - 1) : undefined;
    const { base } = this.name;
    this.#summary = {
      records: count,
      live,
      liveBytes,
      lastSequence: last?.sequence ?? base - 1,
      oldestAt: first?.sentAt ?? 0,
      newestAt: last?.sentAt ?? 0,
    };
  }
}

let zeroed = new Uint8Array(0);

function zeros(bytes: number): Uint8Array {
  if (zeroed.length < bytes) zeroed = new Uint8Array(bytes);
  return zeroed.subarray(0, bytes);
}

/** What a segment holds. Times are milliseconds since the epoch. */
export interface Summary {
  readonly records: number;
  /** Records that are not deleted, and their bytes. */
  readonly live: number;
  readonly liveBytes: number;
  readonly lastSequence: number;
  readonly oldestAt: number;
  readonly newestAt: number;
}

/** Ranges in their order, those that are near to each other as one. */
function joined(ranges: readonly SlotRange[]): readonly SlotRange[] {
  const result: SlotRange[] = [];
  for (const range of ranges.toSorted((one, other) => one.from - other.from)) {
    const last = result.at(-1);
    if (last && range.from <= last.to + maxGapBytes)
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    else result.push(range);
  }
  return result;
}

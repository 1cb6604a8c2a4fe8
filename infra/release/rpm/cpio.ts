/** An entry of a cpio archive; `mode` has the type of the file too. */
export interface CpioEntry {
  readonly path: string;
  readonly mode: number;
  readonly bytes: Uint8Array;
}

/** An archive of cpio's new ASCII format, which the payload of an RPM package is (cpio(5)); `epoch` in seconds. */
export function cpio(entries: readonly CpioEntry[], epoch: number): Buffer {
  const all = [...entries, { path: "TRAILER!!!", mode: 0, bytes: new Uint8Array() }];
  return Buffer.concat(all.flatMap((each, at) => member(each, { inode: at + 1, epoch })));
}

function member({ path, mode, bytes }: CpioEntry, { inode, epoch }: { inode: number; epoch: number }): Buffer[] {
  const name = Buffer.from(`${path}\0`);
  // Inode, mode, owner, group, links, time, size, four numbers of devices, bytes of the name, checksum.
  const fields = [inode, mode, 0, 0, 1, epoch, bytes.length, 0, 0, 0, 0, name.length, 0];
  const head = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`);
  return [padded(Buffer.concat([head, name])), padded(Buffer.from(bytes))];
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

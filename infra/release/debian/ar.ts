/** A file of an ar archive; names of up to 15 bytes. */
export interface ArFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** An archive of the common ar format, which a Debian package is (deb(5)); `epoch` in seconds. */
export function ar(files: readonly ArFile[], epoch: number): Buffer {
  const members = files.flatMap(({ name, bytes }) => [
    Buffer.from(
      [name.padEnd(16), String(epoch).padEnd(12), "0     ", "0     ", "100644  ", String(bytes.length).padEnd(10)].join(
        "",
      ),
    ),
    Buffer.from("`\n"),
    bytes,
    Buffer.from(bytes.length % 2 === 1 ? "\n" : ""),
  ]);
  return Buffer.concat([Buffer.from("!<arch>\n"), ...members]);
}

import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import { gzipSync } from "node:zlib";
import type { InstalledFile } from "../installed-files.ts";
import { cpio } from "./cpio.ts";
import { rpmHeader, type TagValue } from "./header.ts";

/** A file or a folder of the package, and to whom it belongs. */
export interface RpmFile extends Omit<InstalledFile, "bytes"> {
  /** Absent for a folder. */
  readonly bytes?: Uint8Array;
  readonly owner?: string;
  readonly group?: string;
}

export interface RpmPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: "x86_64" | "aarch64";
  readonly summary: string;
  readonly description: string;
  readonly licence: string;
  readonly files: readonly RpmFile[];
  readonly requires: readonly string[];
  /** Run by /bin/sh; the first argument is how many versions will be there afterwards. */
  readonly scripts: Readonly<Record<"pre" | "post" | "preun" | "postun", string>>;
  /** Seconds. */
  readonly epoch: number;
}

const release = "1";
const sha256Number = 8;
const [folderType, fileType] = [0o040000, 0o100000];
const flags = { config: 1, doc: 2, noReplace: 16, licence: 128 };
const [equal, lessOrEqual, ofRpmItself] = [8, 10, 1 << 24];
/** What of rpm itself must know: digests that are not MD5, names in folders, paths that begin with "./". */
const ofRpm = [
  ["rpmlib(CompressedFileNames)", "3.0.4-1"],
  ["rpmlib(FileDigests)", "4.6.0-1"],
  ["rpmlib(PayloadFilesHavePrefix)", "4.0-1"],
] as const;

/**
 * A binary package of format 4, unsigned, with a payload that gzip compresses. The same input gives the same bytes.
 * Source: rpm.org, "RPM V4 Package format"; tags: "RPM Tags".
 */
export function rpmPackage(given: RpmPackage): Buffer {
  const files = given.files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const archive = cpio(
    files.map((file) => ({ path: `./${file.path}`, mode: modeOf(file), bytes: file.bytes ?? new Uint8Array() })),
    given.epoch,
  );
  const payload = gzipSync(archive, { level: 6 });
  const header = rpmHeader(63, new Map([...aboutPackage(given), ...aboutFiles(files, given.epoch), ...about(payload)]));
  const signature = rpmHeader(
    62,
    new Map<number, TagValue>([
      [269, { kind: "string", value: digest("sha1", header) }],
      [273, { kind: "string", value: digest("sha256", header) }],
      [1000, { kind: "int32", value: [header.length + payload.length] }],
      [1004, { kind: "bytes", value: createHash("md5").update(header).update(payload).digest() }],
      [1007, { kind: "int32", value: [archive.length] }],
    ]),
  );
  const padding = Buffer.alloc((8 - (signature.length % 8)) % 8);
  return Buffer.concat([lead(given), signature, padding, header, payload]);
}

/** What only file(1) still reads. */
function lead({ name, version }: RpmPackage): Buffer {
  const bytes = Buffer.alloc(96);
  bytes.write("edabeedb0300", "hex");
  bytes.writeUInt16BE(1, 8);
  bytes.write(`${name}-${version}-${release}`.slice(0, 65), 10);
  bytes.writeUInt16BE(1, 76);
  bytes.writeUInt16BE(5, 78);
  return bytes;
}

function aboutPackage(given: RpmPackage): [number, TagValue][] {
  const { name, version, scripts, requires } = given;
  const text = (value: string): TagValue => ({ kind: "text", value });
  const string = (value: string): TagValue => ({ kind: "string", value });
  const strings = (value: readonly string[]): TagValue => ({ kind: "strings", value });
  const numbers = (value: readonly number[]): TagValue => ({ kind: "int32", value });
  const needed = [...ofRpm.map(([feature]) => feature), ...requires];
  return [
    [100, strings(["C"])],
    [1000, string(name)],
    [1001, string(version)],
    [1002, string(release)],
    [1004, text(given.summary)],
    [1005, text(given.description)],
    [1006, numbers([given.epoch])],
    [1007, string("localhost")],
    [1014, string(given.licence)],
    [1016, text("Unspecified")],
    [1021, string("linux")],
    [1022, string(given.architecture)],
    [1023, string(scripts.pre)],
    [1024, string(scripts.post)],
    [1025, string(scripts.preun)],
    [1026, string(scripts.postun)],
    // Without a source package's name it would count as one itself.
    [1044, string(`${name}-${version}-${release}.src.rpm`)],
    [1047, strings([name])],
    [1048, numbers([...ofRpm.map(() => lessOrEqual | ofRpmItself), ...requires.map(() => 0)])],
    [1049, strings(needed)],
    [1050, strings([...ofRpm.map(([, since]) => since), ...requires.map(() => "")])],
    ...[1085, 1086, 1087, 1088].map((tag): [number, TagValue] => [tag, string("/bin/sh")]),
    [1112, numbers([equal])],
    [1113, strings([`${version}-${release}`])],
  ];
}

function aboutFiles(files: readonly RpmFile[], epoch: number): [number, TagValue][] {
  const folders = [...new Set(files.map(folderOf))];
  const numbers = (value: (file: RpmFile, at: number) => number): TagValue => ({
    kind: "int32",
    value: files.map(value),
  });
  const strings = (value: (file: RpmFile) => string): TagValue => ({ kind: "strings", value: files.map(value) });
  const small = (value: (file: RpmFile) => number): TagValue => ({ kind: "int16", value: files.map(value) });
  const size = ({ bytes }: RpmFile) => bytes?.length ?? 4096;
  return [
    [1009, { kind: "int32", value: [files.reduce((sum, file) => sum + size(file), 0)] }],
    [1028, numbers(size)],
    [1030, small(modeOf)],
    [1033, small(() => 0)],
    [1034, numbers(() => epoch)],
    [1035, strings(({ bytes }) => (bytes ? digest("sha256", bytes) : ""))],
    [1036, strings(() => "")],
    [1037, numbers(flagsOf)],
    [1039, strings(({ owner = "root" }) => owner)],
    [1040, strings(({ group = "root" }) => group)],
    [1045, numbers(() => 0xffff_ffff)],
    [1095, numbers(() => 1)],
    [1096, numbers((_, at) => at + 1)],
    [1097, strings(() => "")],
    [1116, numbers((file) => folders.indexOf(folderOf(file)))],
    [1117, strings(({ path }) => basename(path))],
    [1118, { kind: "strings", value: folders }],
    [5011, { kind: "int32", value: [sha256Number] }],
  ];
}

function about(payload: Uint8Array): [number, TagValue][] {
  return [
    [1124, { kind: "string", value: "cpio" }],
    [1125, { kind: "string", value: "gzip" }],
    [1126, { kind: "string", value: "6" }],
    [5092, { kind: "strings", value: [digest("sha256", payload)] }],
    [5093, { kind: "int32", value: [sha256Number] }],
  ];
}

function modeOf({ bytes, mode }: RpmFile): number {
  return bytes ? fileType | (mode ?? 0o644) : folderType | (mode ?? 0o755);
}

function flagsOf({ path, conffile, bytes }: RpmFile): number {
  if (conffile) return flags.config | flags.noReplace;
  if (!bytes || !path.startsWith("usr/share/doc/")) return 0;
  return path.endsWith("/copyright") ? flags.licence : flags.doc;
}

function folderOf({ path }: RpmFile): string {
  return `/${dirname(path)}/`;
}

function digest(algorithm: "sha1" | "sha256", bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest("hex");
}

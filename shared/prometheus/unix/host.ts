/** A part of a file system as a collector sees it; paths are relative to its root. */
export interface FileTree {
  /** The root as an absolute path, without a trailing slash. */
  readonly root: string;
  /** The text, undefined when there is no such file; throws `ReadError` when it cannot be read. */
  read(path: string): string | undefined;
  /** The names in a directory, sorted; undefined when there is none. */
  list(path: string): readonly string[] | undefined;
  /** The names of the regular files in a directory, sorted; undefined when there is none. */
  listFiles(path: string): readonly string[] | undefined;
  /** The names of the directories in a directory, sorted, symbolic links left out; undefined when there is none. */
  listDirectories(path: string): readonly string[] | undefined;
  /** The path with all symbolic links followed, undefined when it leads nowhere. */
  resolve(path: string): string | undefined;
  /** Time of the last change of a file in seconds since 1970, undefined when it is gone. */
  modified(path: string): number | undefined;
}

/** What statfs(2) says, in bytes and numbers of files. */
export interface FilesystemUsage {
  readonly size: number;
  readonly free: number;
  readonly available: number;
  readonly files: number;
  readonly filesFree: number;
}

/** The answer for one mount point; `failed` carries what the label `device_error` says. */
export type UsageAnswer = { readonly kind: "usage"; readonly usage: FilesystemUsage } | FailedUsage;

interface FailedUsage {
  readonly kind: "failed";
  readonly reason: string;
}

/** What a program printed; `failed` when it ended with an error, `missing` when there is no such program. */
export type RunAnswer =
  | { readonly kind: "printed"; readonly text: string }
  | { readonly kind: "failed" }
  | { readonly kind: "missing" };

/** A network address of an interface. */
export interface InterfaceAddress {
  readonly device: string;
  readonly address: string;
  readonly prefixLength: number;
}

/** A machine to collect from: its files, its mounts and its clock. */
export interface Host {
  readonly proc: FileTree;
  readonly sys: FileTree;
  readonly root: FileTree;
  readonly udev: FileTree;
  /** This process' own file system, for files that the user names. */
  readonly local: FileTree;
  readonly pageSize: number;
  /** Usage of a mount point below the root; answers within the time, a mount that hangs is not asked again until it returns. */
  usage(mountPoint: string, timeoutMs: number): Promise<UsageAnswer>;
  /** Runs a program of the system for at most a few seconds; what it prints is bounded. */
  run(program: string, args: readonly string[]): Promise<RunAnswer>;
  addresses(): readonly InterfaceAddress[];
  /** Seconds since 1970, with fractions. */
  now(): number;
  zone(): { readonly name: string; readonly offsetSeconds: number };
  uname(): Readonly<Record<"sysname" | "release" | "version" | "machine" | "nodename", string>>;
}

/** A file that is there but cannot be read; `code` is the system's, such as EACCES. */
export class ReadError extends Error {
  readonly code: string;

  constructor(path: string, code: string) {
    super(`cannot read ${path}: ${code}`);
    this.code = code;
  }
}

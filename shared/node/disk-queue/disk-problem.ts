const sentences: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EIO: "the disk reports an I/O error",
  EROFS: "the file system is read-only",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EMFILE: "too many open files in this process",
  ENFILE: "too many open files on this host",
  ENOTDIR: "a part of the path is not a directory",
};

/** An error of the file system as a sentence for a person. */
export function diskProblem(error: unknown, what: string): string {
  const { code = "", message = String(error) } = error as Partial<NodeJS.ErrnoException>;
  return `${what}: ${sentences[code] ?? message}${code && sentences[code] ? ` (${code})` : ""}`;
}

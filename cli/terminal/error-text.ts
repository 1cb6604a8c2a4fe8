const sentences: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full: make room, and run the command again",
  EDQUOT: "the disk quota is used up: make room, and run the command again",
  EROFS: "the file system is read-only",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  ENOENT: "there is no such file or directory",
  EISDIR: "this is a directory, not a file",
  EMFILE: "too many files are open",
};

/** The text of an unexpected error for a person: the system's in words, with the path, never a stack trace. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code = "", path } = error as NodeJS.ErrnoException;
  const sentence = sentences[code];
  if (!sentence) return error.message.split("\n", 1)[0] ?? error.message;
  return path === undefined ? `${sentence} (${code}).` : `${path}: ${sentence} (${code}).`;
}

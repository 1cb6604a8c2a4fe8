import { chmodSync, copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stripElf } from "./strip-elf.ts";

/**
 * `node image-root.ts ROOT` fills ROOT with what the image has beside the program: the Node that runs this, the libraries that it
 * has loaded, names for the tools of busybox, and the few files of /etc that the C library asks for. ROOT/bin/busybox is there.
 */
const [, , root = ""] = process.argv;
const tools = ["sh", "ls", "cat", "cp", "df", "du", "env", "find", "grep", "gzip", "head", "id", "nc", "ping", "ps"];
const moreTools = ["sleep", "tail", "tar", "touch", "vi", "wget"];
const texts = {
  "etc/passwd": "root:x:0:0:root:/:/bin/sh\nsluice:x:65532:65532:sluice:/var/lib/sluice:/bin/sh\n",
  "etc/group": "root:x:0:\nsluice:x:65532:\n",
  "etc/nsswitch.conf": "hosts: files dns\n",
};

for (const folder of ["bin", "usr/bin", "usr/local/bin", "var/lib", "etc"])
  mkdirSync(join(root, folder), { recursive: true });
mkdirSync(join(root, "tmp"));
chmodSync(join(root, "tmp"), 0o1777);
for (const [path, text] of Object.entries(texts)) writeFileSync(join(root, path), text);

writeFileSync(join(root, "usr/local/bin/node"), stripElf(readFileSync(process.execPath)), { mode: 0o755 });
for (const library of loadedLibraries()) {
  mkdirSync(join(root, dirname(library)), { recursive: true });
  copyFileSync(library, join(root, library));
}

for (const tool of [...tools, ...moreTools]) symlinkSync("busybox", join(root, "bin", tool));
symlinkSync("../../bin/busybox", join(root, "usr/bin/env"));

/** Paths; the kernel's own page (linux-vdso) has none. */
function loadedLibraries(): readonly string[] {
  const { sharedObjects } = process.report.getReport() as unknown as { readonly sharedObjects: readonly string[] };
  return sharedObjects.filter((path) => path.startsWith("/"));
}

import { createFamilies } from "../../../shared/prometheus/families.ts";
import { selectCollectors } from "../../../shared/prometheus/unix/collectors.ts";
import { type FileTree, type Host, ReadError, type UsageAnswer } from "../../../shared/prometheus/unix/host.ts";
import { compileOptions, defaultUnixSettings, type UnixSettings } from "../../../shared/prometheus/unix/settings.ts";

/** Files by path without the leading slash; an Error's message is the code that reading fails with. */
export type Files = Readonly<Record<string, string | Error>>;

/** A machine of the tests: `proc/…`, `sys/…`, `udev/…` and everything else below the root. */
export function fakeHost(files: Files, over: Partial<Host> = {}): Host {
  return {
    proc: tree(files, "proc"),
    sys: tree(files, "sys"),
    udev: tree(files, "udev"),
    root: tree(files, ""),
    local: tree(files, ""),
    pageSize: 4096,
    usage: async (): Promise<UsageAnswer> => ({
      kind: "usage",
      usage: { size: 1000, free: 500, available: 400, files: 10, filesFree: 5 },
    }),
    run: async () => ({ kind: "missing" }),
    addresses: () => [],
    now: () => 1_700_000_000.5,
    zone: () => ({ name: "UTC", offsetSeconds: 0 }),
    uname: () => ({ sysname: "Linux", release: "6.1", version: "#1", machine: "x86_64", nodename: "box" }),
    ...over,
  };
}

/** The samples of one collector, without HELP and TYPE, or how it ended when it gave none. */
export async function collect(
  name: string,
  host: Host,
  settings: Partial<UnixSettings> = {},
): Promise<readonly string[]> {
  const [collector] = selectCollectors({ set: [name], enable: [], disable: [] }).selected;
  const compiled = compileOptions({ ...defaultUnixSettings, ...settings }, true);
  if (!collector || compiled.kind !== "options") throw new Error(`no collector ${name}`);
  const out = createFamilies();
  const collected = await collector.create(compiled.options)(host, out);
  const lines = out.text().split("\n");
  const samples = lines.filter((line) => line !== "" && !line.startsWith("#"));
  return collected === "no data" ? [...samples, collected] : samples;
}

function tree(files: Files, root: string): FileTree {
  const full = (path: string) => (root === "" ? path : `${root}/${path}`);
  const names = (path: string) => {
    const prefix = path === "" ? `${root}/` : `${full(path)}/`;
    const below = Object.keys(files).filter((file) => file.startsWith(prefix));
    return below.map((file) => file.slice(prefix.length));
  };
  const list = (path: string) => {
    const found = new Set(names(path).map((name) => name.split("/")[0] ?? ""));
    return found.size > 0 ? [...found].sort() : undefined;
  };
  return {
    root: `/${root}`.replace(/\/$/, ""),
    read(path) {
      const content = files[full(path)];
      if (content instanceof Error) throw new ReadError(full(path), content.message);
      return content;
    },
    list,
    listFiles: (path) => list(path)?.filter((name) => files[full(`${path}/${name}`)] !== undefined),
    listDirectories: (path) => list(path)?.filter((name) => list(`${path}/${name}`) !== undefined),
    resolve: (path) => {
      const target = files[`${full(path)}@`];
      return typeof target === "string" ? target : undefined;
    },
    modified: (path) => (files[full(path)] === undefined ? undefined : 1_600_000_000.25),
  };
}

import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Script } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../../../infra/bundle.ts";
import { isElf, stripElf } from "../../../infra/daemon/strip-elf.ts";
import { codeCacheFile, openCodeCache } from "../../../infra/program/code-cache.ts";

const scratch = mkdtempSync(join(tmpdir(), "sluice-code-cache-test-"));
const isRoot = process.getuid?.() === 0;
const nobody = isRoot ? { uid: 65_534, gid: 65_534 } : {};
const flags = ["--max-semi-space-size=1"];
/** Told at the end of a process: which scripts were compiled, and which of those V8 took from the file. */
const spy = join(scratch, "spy.cjs");
const spyText = `const vm = require("node:vm");
const counts = { taken: 0, rejected: 0, compiled: 0 };
vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    counts[this.cachedDataRejected === undefined ? "compiled" : this.cachedDataRejected ? "rejected" : "taken"] += 1;
  }
};
process.on("exit", () => process.stderr.write(JSON.stringify(counts)));`;
/** As the image has it, where another user may run it. */
const node = join(scratch, "node");
let folder: string;
let cache: Buffer;

beforeAll(async () => {
  writeFileSync(spy, spyText);
  const program = readFileSync(process.execPath);
  writeFileSync(node, isElf(program) ? stripElf(program) : program, { mode: 0o755 });
  folder = dirname((await bundle("daemon", scratch)).file);
  execFileSync(process.execPath, [...flags, "infra/program/make-code-cache.ts", folder]);
  cache = readFileSync(join(folder, "code.cache"));
  chmodSync(scratch, 0o755);
}, 60_000);
afterAll(() => rmSync(scratch, { recursive: true }));

/** `sluice fmt` of an empty file as another user, in a folder that it may only read. */
function format(change: (copy: string) => void, nodeFlags = flags) {
  const copy = join(mkdtempSync(join(scratch, "copy-")), "sluice");
  cpSync(folder, copy, { recursive: true });
  change(copy);
  chmodSync(dirname(copy), 0o755);
  chmodSync(copy, 0o555);
  const words = [...nodeFlags, "--require", spy, join(copy, "sluice.cjs"), "fmt", "-"];
  const { status, stdout, stderr } = spawnSync(node, words, { input: "a{}", encoding: "utf8", cwd: copy, ...nobody });
  chmodSync(copy, 0o755);
  return { status, stdout, counts: JSON.parse(stderr), files: readdirSync(copy) };
}

describe("the compiled code of a program", () => {
  it("is taken by another user from a folder that is only read, for every script of its start", () => {
    const { counts, ...result } = format(() => {});
    expect(result).toMatchObject({ status: 0, stdout: "a { }\n", files: readdirSync(folder) });
    // The start of a daemon is what was compiled, and not what only `fmt` needs.
    expect(counts).toMatchObject({ rejected: 0, compiled: 1 });
    expect(counts.taken).toBeGreaterThan(5);
  });

  it("is taken where V8 compiles on the main thread alone, as the image and the packages ask it to", () => {
    const { counts } = format(() => {}, [...flags, "--no-concurrent-recompilation"]);
    expect(counts).toMatchObject({ rejected: 0, compiled: 1 });
  });

  it.each<[string, (copy: string) => void]>([
    ["missing", (copy) => rmSync(join(copy, "code.cache"))],
    ["empty", (copy) => writeFileSync(join(copy, "code.cache"), "")],
    ["cut short", (copy) => writeFileSync(join(copy, "code.cache"), cache.subarray(0, 2000))],
    ["something else", (copy) => writeFileSync(join(copy, "code.cache"), Buffer.alloc(4096, 0xff))],
    ["not to be read", (copy) => chmodSync(join(copy, "code.cache"), 0)],
    ["damaged", (copy) => writeFileSync(join(copy, "code.cache"), damaged(cache))],
  ])("is not missed when it is %s", (_, change) => {
    const { status, stdout, counts } = format(change);
    expect({ status, stdout }).toEqual({ status: 0, stdout: "a { }\n" });
    expect(counts).toMatchObject({ taken: 0, rejected: 0 });
  });

  it("is left alone after the first refusal when Node runs with other flags", () => {
    const { status, counts } = format(() => {}, ["--no-opt"]);
    expect(status).toBe(0);
    expect(counts).toMatchObject({ taken: 0, rejected: 1 });
  });

  it("is not taken for another source of the same length", () => {
    const { stdout, counts } = format((copy) => {
      const file = join(copy, "sluice.js");
      writeFileSync(file, readFileSync(file, "utf8").replace("use strict", "use_strict"));
    });
    expect(stdout).toBe("a { }\n");
    expect(counts).toMatchObject({ rejected: 0, compiled: 2 });
  });

  it("saves a sixth of the processor time of a start at least", () => {
    const cpuMs = (file: string) => {
      const code = `const { user, system } = process.cpuUsage(); process.stderr.write(String((user + system) / 1000))`;
      const words = ["--require", join(scratch, "cpu.cjs"), file, "validate", "examples/linux-host/config.alloy"];
      writeFileSync(join(scratch, "cpu.cjs"), `process.on("exit", () => { ${code} });`);
      const { stderr } = spawnSync(process.execPath, [...flags, ...words], { encoding: "utf8" });
      return Number(stderr.split("\n").at(-1));
    };
    const without = join(mkdtempSync(join(scratch, "without-")), "sluice");
    cpSync(folder, without, { recursive: true });
    rmSync(join(without, "code.cache"));
    const rounds = Array.from({ length: 5 }, () => [
      cpuMs(join(folder, "sluice.cjs")),
      cpuMs(join(without, "sluice.cjs")),
    ]);
    const least = (column: 0 | 1) => Math.min(...rounds.map((round) => round[column] ?? 0));
    expect(least(0)).toBeLessThan(least(1) * (5 / 6));
  });
});

/** Whose index is as it was: one bit of each byte of code is another one. */
function damaged(bytes: Buffer): Buffer {
  const index = 8 + bytes.readUInt32LE(4);
  return Buffer.from(bytes.map((byte, at) => (at < index ? byte : byte ^ 1)));
}

describe("openCodeCache()", () => {
  it("gives each script its own code, and none any more once it is closed", () => {
    const file = join(scratch, "two.cache");
    const sources = ["(function(){return 1})", "(function(){return 22})"];
    const scripts = sources.map(
      (source, at) => [`${at}.js`, { source, code: new Script(source).createCachedData() }] as const,
    );
    writeFileSync(file, codeCacheFile(new Map(scripts)));
    const opened = openCodeCache(file);
    for (const [name, { source, code }] of scripts) expect(opened?.codeOf(name, source)).toEqual(code);
    expect(opened?.codeOf("2.js", "x")).toBeUndefined();
    expect(opened?.codeOf("0.js", "(function(){return 3})")).toBeUndefined();
    opened?.close();
    expect(opened?.codeOf("0.js", sources[0] ?? "")).toBeUndefined();
  });
});

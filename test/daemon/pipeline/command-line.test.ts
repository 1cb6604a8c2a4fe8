import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { flags } from "../../../daemon/pipeline/flags.ts";
import { parseFlags } from "../../../daemon/pipeline/parse-flags.ts";
import { commandLine } from "../../support/daemon/command-line.ts";

const directory = mkdtempSync(join(tmpdir(), "sluice-fmt-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe("pipelineCommandLine()", () => {
  it.each([
    [["run"], "Error: accepts 1 arg(s), received 0\n"],
    [["run", "a", "b"], "Error: accepts 1 arg(s), received 2\n"],
    [["run", "--storage.pth=x", "a"], "Error: unknown flag: --storage.pth. Did you mean --storage.path?\n"],
    [
      ["run", "--cluster.discover-peers=provider=k8s", "a"],
      "Error: --cluster.discover-peers=provider=k8s is not supported: name a headless service or addresses in --cluster.join-addresses\n",
    ],
    [
      ["run", "--config.format=otelcol", "a"],
      "Error: --config.format=otelcol is not supported: convert the file with Grafana Alloy's own `alloy convert` first\n",
    ],
    [
      ["run", "--disable-reporting=maybe", "a"],
      'Error: invalid argument "maybe" for "--disable-reporting" flag: it is true or false\n',
    ],
    [["convert", "x"], "Error: convert is a command of Grafana Alloy that Sluice does not have\n"],
    [["fmat", "x"], 'Error: unknown command "fmat". Did you mean fmt?\n'],
    [["fmt", "-w", "-t", "x"], "Error: cannot use -w/--write and -t/--test at the same time\n"],
    [["fmt", "-w", "-"], "Error: cannot use -w with standard input\n"],
  ])("refuses %j", async (argv, message) => {
    const { exit, err } = await commandLine(argv);
    expect([exit, err]).toEqual([1, message]);
  });

  it("formats files and standard input", async () => {
    const path = join(directory, "a.alloy");
    writeFileSync(path, "a=1\n");
    expect(await commandLine(["fmt", path])).toEqual({ exit: 0, out: "a = 1\n", err: "" });
    expect((await commandLine(["fmt", "-t", path])).exit).toBe(1);
    expect((await commandLine(["fmt", "-w", path])).exit).toBe(0);
    expect(readFileSync(path, "utf8")).toBe("a = 1\n");
    expect((await commandLine(["fmt", "-t", path])).exit).toBe(0);
    expect(await commandLine(["fmt", "-"], { input: "b   =  2" })).toMatchObject({ out: "b = 2\n" });
    expect(await commandLine(["fmt", "-"], { input: "b = " })).toEqual({
      exit: 1,
      out: "",
      err: "<stdin>:1:5: expected expression, got EOF\nError: encountered errors during formatting\n",
    });
  });

  it("validates what the environment, a parameter or a file holds", async () => {
    const env = { ALLOY_CONFIG: 'logging { level = "loud" }' };
    const told = await commandLine(["validate"], { env });
    expect(told.exit).toBe(1);
    expect(told.err).toContain('unrecognized log level "loud"');
    expect(told.err).toContain("Error: validation failed");
    const parameter = await commandLine(["validate", "--config.ssm=/x"], {
      parameter: 'logging { level = sys.env("NOPE") }',
    });
    expect(parameter.err).toContain("config.alloy:1:1");
    expect(parameter.err).toContain("Not set in this environment, so empty: NOPE\n");
    const path = join(directory, "b.alloy");
    writeFileSync(path, "logging { }\n");
    expect(await commandLine(["validate", path])).toEqual({ exit: 0, out: "", err: "" });
    expect((await commandLine(["validate", join(directory, "nope")])).err).toContain("no such file or directory");
  });

  it("says its version", async () => {
    expect((await commandLine(["--version"])).out).toBe("sluice, version v1.2.3\n");
  });
});

describe("parseFlags()", () => {
  it("reads flags as Alloy does", () => {
    const words = [
      "--stability.level",
      "experimental",
      "x",
      "--disable-reporting",
      "--cluster.enabled=false",
      "--",
      "--y",
    ];
    const parsed = parseFlags(words, flags);
    if (parsed.kind === "wrong") throw new Error(parsed.message);
    expect(parsed.positionals).toEqual(["x", "--y"]);
    expect(parsed.value("stability.level")).toBe("experimental");
    expect(parsed.value("server.http.listen-addr")).toBe("127.0.0.1:12345");
    expect(parsed.withoutEffect).toEqual(["--disable-reporting"]);
    expect(parseFlags(["--storage.path"], flags)).toMatchObject({ message: "flag needs an argument: --storage.path" });
  });
});

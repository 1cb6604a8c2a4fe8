import { describe, expect, test } from "vitest";
import { commands, loadCommands } from "../../cli/commands.ts";
import { run } from "../../cli/run.ts";
import type { Io } from "../../cli/terminal/io.ts";

async function sluice(...argv: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    env: {},
    out: (line) => out.push(line),
    say: (line) => err.push(line),
    interactive: false,
    color: false,
    input: async () => "",
  };
  const code = await run(argv, commands, io);
  return { code, out: out.join("\n"), err: err.join("\n") };
}

describe("run()", () => {
  test("lists every command", async () => {
    const { code, out } = await sluice("--help");
    expect(code).toBe(0);
    for (const { name, summary } of await loadCommands())
      expect(out).toMatch(new RegExp(`^  ${name} +${summary}$`, "m"));
  });

  test("finds every command by its own name", async () => {
    for (const { name, load } of commands) expect((await load()).name).toBe(name);
  });

  test.each(commands.map(({ name }) => name))("explains %s, with examples", async (name) => {
    const { code, out } = await sluice(...name.split(" "), "--help");
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: sluice ${name}`));
    expect(out).toMatch(new RegExp(`^Examples:\n  # .+\n  sluice ${name}`, "m"));
    expect(out).toContain("--json");
  });

  test.each([
    [["confg", "list"], "There is no command confg list. Did you mean config list?"],
    [["config", "lst"], "There is no command config lst. Did you mean config list?"],
    [["stauts"], "There is no command stauts. Did you mean status?"],
    [["frobnicate"], "There is no command frobnicate."],
    [["config", "list", "--lcoal"], "There is no option --lcoal. Did you mean --local?"],
    [["config", "get"], "config get needs SETTING."],
    [["version", "extra"], 'version does not take "extra".'],
    [["config", "get", "log-levle"], "log-levle is not a setting. Did you mean log-level?"],
    [["config", "list", "--stage", "a/b"], 'The stage is "a/b": it must be letters, digits and hyphens, at most 64.'],
    [["status", "--stage"], "Option '-s, --stage <value>' argument missing"],
  ])("answers %j on standard error", async (argv, message) => {
    const { code, out, err } = await sluice(...argv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err.split("\n")[0]).toBe(`sluice: ${message}`);
  });

  test("shows the verbs of a noun that stands alone", async () => {
    const { code, out } = await sluice("config");
    expect(code).toBe(2);
    expect(out).toContain("config validate");
    expect(out).not.toContain("doctor");
  });
});

import { describe, expect, it } from "vitest";
import { parseStartOptions } from "../../local/start-options.ts";

describe("parseStartOptions()", () => {
  it.each([
    [[], { kind: "options" }],
    [["--pipeline", "a.alloy"], { kind: "options", pipelineFile: "a.alloy" }],
    [["--pipeline=a.alloy"], { kind: "options", pipelineFile: "a.alloy" }],
    [["--help"], { kind: "help" }],
    [["--pipelin", "a"], { kind: "invalid", problem: expect.stringContaining("Usage: npm start") }],
    [["a.alloy"], { kind: "invalid", problem: expect.stringContaining("a.alloy") }],
  ])("reads %j", (args, expected) => {
    expect(parseStartOptions(args)).toEqual(expected);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseValue } from "../../shared/config/parse-value.ts";
import type { Setting } from "../../shared/config/setting.ts";
import { anyText } from "../support/any-text.ts";

function parsed(setting: Partial<Setting>, text: string): unknown {
  const result = parseValue({ type: "string", env: "SLUICE_X", help: "x", ...setting }, text);
  return result.kind === "value" ? result.value : { must: result.must };
}

describe("parseValue()", () => {
  test.each([
    ["integer", "4318", 4_318],
    ["integer", " 0 ", 0],
    ["bytes", "1048576", 1_048_576],
    ["bytes", "64MiB", 64 * 2 ** 20],
    ["bytes", "1.5 KiB", 1_536],
    ["bytes", "2KB", 2_000],
    ["bytes", "1gib", 2 ** 30],
    ["duration", "250", 250],
    ["duration", "500ms", 500],
    ["duration", "1.5s", 1_500],
    ["duration", "5m", 300_000],
    ["duration", "2h", 7_200_000],
    ["boolean", "Yes", true],
    ["boolean", "0", false],
    ["list", " a, b,c ", ["a", "b", "c"]],
    ["list", "none", []],
    ["url", "https://a.example//", "https://a.example"],
    ["url", "HTTP://A.example/x/", "http://a.example/x"],
  ] as const)("reads %s %j as %j", (type, text, value) => {
    expect(parsed({ type }, text)).toEqual(value);
  });

  test.each([
    ["integer", "4318.5"],
    ["integer", "1e3"],
    ["integer", "-1"],
    ["integer", "0x10"],
    ["integer", "9999999999999999"],
    ["bytes", "64 megs"],
    ["bytes", "MiB"],
    ["bytes", "0.3B"],
    ["duration", "10 seconds"],
    ["duration", "constructor"],
    ["boolean", "maybe"],
    ["url", "example.net"],
    ["url", "https://user:pass@example.net"],
    ["url", "https://example.net/?a=b"],
    ["string", "two\nlines"],
    ["string", "glc_\u200babc"],
    ["string", "glc_\ufeffabc"],
    ["list", ","],
    ["list", "a,,b"],
    ["list", " "],
  ] as const)("refuses %s %j and says what it must be", (type, text) => {
    expect(parsed({ type }, text)).toEqual({ must: expect.stringMatching(/^(be|start|hold|end|name) /) });
  });

  test.each(["glc_a b", "glc_a\u00a0b", "Bearer glc_abc"])(
    "refuses the secret %j: it is more than the token",
    (text) => {
      const must = "be the token alone, without blanks, and without Bearer or Basic before it";
      expect(parsed({ secret: true, token: true }, text)).toEqual({ must });
      expect(parsed({ secret: true }, text)).toBe(text);
      expect(parsed({ secret: true, token: true, type: "list" }, `good,${text}`)).toEqual({ must });
    },
  );

  test("refuses quotes around one token of several", () => {
    expect(parsed({ secret: true, token: true, type: "list" }, "good,“bad”")).toEqual({
      must: "stand without quotes around it",
    });
  });

  test.each(['"glc_abc"', "'glc_abc'", "“glc_abc”"])("refuses the secret %s: the quotes would be sent", (text) => {
    expect(parsed({ secret: true }, text)).toEqual({ must: "stand without quotes around it" });
    expect(parsed({}, text)).toBe(text);
  });

  test("names both limits where there are two", () => {
    expect(parsed({ type: "bytes", min: 1_024, max: 4_096 }, "1")).toEqual({
      must: "be a size in bytes from 1KiB to 4KiB, such as 64MiB",
    });
  });

  test.each(["http://127.0.0.1:8080", "http://localhost:1/otlp", "http://[::1]:4318", "https://x.grafana.net/otlp"])(
    "lets credentials be sent to %s",
    (text) => {
      expect(parsed({ type: "url", base: true }, text)).toBe(text);
    },
  );

  test.each(["http://example.net", "http://10.0.0.1", "http://127.0.0.1.example.net", "https://x.net/otlp/v1/traces/"])(
    "does not let credentials be sent to %s",
    (text) => {
      expect(parsed({ type: "url", base: true }, text)).toHaveProperty("must");
    },
  );

  test("never throws, whatever is written", () => {
    const types = fc.constantFrom("string", "url", "integer", "bytes", "duration", "boolean", "choice", "list");
    fc.assert(
      fc.property(types, anyText(), (type, text) => {
        const setting = { type, env: "SLUICE_X", help: "x", choices: ["a"], base: true } as const;
        expect(["value", "bad"]).toContain(parseValue(setting, text).kind);
      }),
    );
  });
});

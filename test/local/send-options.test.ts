import { describe, expect, it } from "vitest";
import { parseSendOptions } from "../../local/send-options.ts";

describe("parseSendOptions()", () => {
  it("has a default for everything", () => {
    expect(parseSendOptions([], {})).toEqual({
      kind: "options",
      options: {
        signals: ["traces", "metrics", "logs"],
        count: 10,
        protocol: "http/protobuf",
        compression: "gzip",
        endpoint: "http://127.0.0.1:4318",
      },
    });
  });

  it("reads every option", () => {
    const args = "--signal logs --count 7 --protocol http/json --compression none --endpoint http://h:1/base/".split(
      " ",
    );
    expect(parseSendOptions(args, {})).toEqual({
      kind: "options",
      options: { signals: ["logs"], count: 7, protocol: "http/json", compression: "none", endpoint: "http://h:1/base" },
    });
  });

  it("takes the endpoint from the environment, as every exporter does", () => {
    const parsed = parseSendOptions([], { OTEL_EXPORTER_OTLP_ENDPOINT: "http://env:4318" });
    expect(parsed).toMatchObject({ options: { endpoint: "http://env:4318" } });
  });

  it.each([
    [["--signal", "spans"], '--signal is "spans"'],
    [["--count", "0"], '--count is "0"'],
    [["--count", "1.5"], '--count is "1.5"'],
    [["--count", "1000001"], '--count is "1000001"'],
    [["--protocol", "http"], '--protocol is "http"'],
    [["--compression", "zstd"], '--compression is "zstd"'],
    [["--endpoint", "localhost:4318"], '--endpoint is "localhost:4318"'],
    [["--endpoint", "http://h/v1/traces"], "leave out /v1/"],
    [["--frobnicate"], "--frobnicate"],
    [["stray"], "stray"],
    [["--count"], "--count"],
  ])("refuses %j", (args, expected) => {
    const parsed = parseSendOptions(args, {});
    expect(parsed.kind === "invalid" && parsed.problems.join()).toContain(expected);
  });

  it("shows help whatever else is given", () => {
    expect(parseSendOptions(["--help", "--count", "0"], {})).toEqual({ kind: "help" });
    expect(parseSendOptions(["-h"], {})).toEqual({ kind: "help" });
  });
});

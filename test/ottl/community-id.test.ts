import { describe, expect, it } from "vitest";
import { loadTransform } from "../../shared/processors/transform.ts";
import { fixedHost, jsonOf, protobufOf } from "../support/otlp/processor-cases.ts";

describe("CommunityID", () => {
  // From the specification's baseline (github.com/corelight/community-id-spec).
  it.each([
    ['"128.232.110.120", 34855, "66.35.250.204", 80', "1:LQU9qZlK+B5F3KDmev6m5PMibrg="],
    ['"66.35.250.204", 80, "128.232.110.120", 34855, "TCP"', "1:LQU9qZlK+B5F3KDmev6m5PMibrg="],
    ['"192.168.1.52", 54585, "8.8.8.8", 53, "UDP"', "1:d/FP5EW3wiY1vCndhwleRRKHowQ="],
  ])("of %s is that of the flow", (args, id) => {
    const { value, errors } = run(args);
    expect(value).toBe(id);
    expect(errors).toEqual([]);
  });

  it("is another one with another seed or protocol", () => {
    const flow = '"10.0.0.1", 1, "10.0.0.2", 2';
    const ids = [flow, `${flow}, "TCP", 1`, `${flow}, "SCTP"`, `${flow}, "ICMP6"`].map((args) => run(args).value);
    expect(new Set(ids).size).toBe(4);
  });

  it("is the same for an IPv4 address and that address in an IPv6 one, and for both ways to write an IPv6 one", () => {
    expect(run('"::ffff:10.0.0.1", 1, "10.0.0.2", 2').value).toBe(run('"10.0.0.1", 1, "10.0.0.2", 2').value);
    expect(run('"fe80::1", 1, "fe80:0:0:0:0:0:0:2", 2').value).toBe(run('"fe80::2", 2, "fe80::1", 1').value);
  });

  it.each([
    ['"10.0.0.1", -1, "10.0.0.2", 2', "source port must be between 0 and 65535, got -1"],
    ['"10.0.0.1", 1, "10.0.0.2", 65536', "destination port must be between 0 and 65535, got 65536"],
    ['"10.0.0.1", 1, "nobody", 2', "invalid destination IP: nobody"],
    ['"10.0.0.1", 1, "10.0.0.2", 2, "tcp"', "unsupported protocol: tcp"],
    ['"10.0.0.1", 1, "10.0.0.2", 2, "TCP", 65536', "seed must be between 0 and 65535, got 65536"],
  ])("is refused for %s", (args, message) => {
    const { value, problems, errors } = run(args);
    expect(value).toBeUndefined();
    expect([...problems, ...errors].join("\n")).toContain(message);
  });
});

function run(args: string): { value: unknown; errors: readonly string[]; problems: readonly string[] } {
  const errors: string[] = [];
  const statements = { log: [`set(log.attributes["id"], CommunityID(${args}))`] };
  const loaded = loadTransform({ statements }, { host: fixedHost, onError: ({ reason }) => errors.push(reason) });
  if (loaded.kind === "rejected") return { value: undefined, errors, problems: loaded.problems };
  const input = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: "x" } }] }] }] };
  const result = loaded.process(protobufOf(input, "logs"), "logs");
  const shown = result.kind === "passed" ? JSON.stringify(jsonOf(result.bytes, "logs")) : "";
  return { value: /"stringValue":"(1:[^"]+)"/.exec(shown)?.[1], errors, problems: [] };
}

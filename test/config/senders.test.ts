import { describe, expect, it } from "vitest";
import { resolve, unknownVariablesOf } from "../../shared/config/resolve.ts";
import { problemOfSender, senderTextsOf } from "../../shared/config/sender-settings.ts";
import { resolveSenders } from "../../shared/config/senders.ts";

function senders(settings: Parameters<typeof resolve>[0], texts: Readonly<Record<string, string>>) {
  const resolved = resolve(settings);
  if (resolved.kind === "invalid") throw new Error(JSON.stringify(resolved.problems));
  return resolveSenders(resolved.config, texts);
}

describe("resolveSenders()", () => {
  it("reads a sender from the environment, and shows no token of it", () => {
    const env = {
      SLUICE_SENDER_WEB_1_TOKENS: "t1, t2",
      SLUICE_SENDER_WEB_1_PRINCIPALS: "arn:aws:sts::123456789012:assumed-role/web/*",
      SLUICE_SENDER_WEB_1_TENANT: "eu",
      SLUICE_SENDER_WEB_1_DESTINATIONS: "grafana-cloud, backup",
      SLUICE_SENDER_WEB_1_ATTRIBUTES: "team=web, deployment.environment.name = prod=eu",
      SLUICE_SENDER_WEB_1_MAX_BYTES_PER_SECOND: "1MiB",
      SLUICE_SENDER_WEB_1_MAX_ITEMS_PER_SECOND: "5000",
      SLUICE_SENDER_WEB_1_BURST: "30s",
      SLUICE_SENDER_WEB_1_WEIGHT: "3",
      SLUICE_SENDER_OTHER_TOKENS: "not mine",
    };
    const texts = senderTextsOf(["web-1"], env);
    const { credentials, problems } = senders({ senders: "web-1", destinations: "backup=traces" }, texts);
    expect(problems).toEqual([]);
    expect(credentials).toHaveLength(3);
    expect(new Set(credentials.map(({ sender }) => sender)).size).toBe(1);
    expect(credentials[0]?.sender).toEqual({
      name: "web-1",
      tenant: "eu",
      destinations: ["grafana-cloud", "backup"],
      attributes: new Map([
        ["team", "web"],
        ["deployment.environment.name", "prod=eu"],
      ]),
      rates: { maxBytesPerSecond: 1_048_576, maxItemsPerSecond: 5000, burstMs: 30_000 },
      weight: 3,
    });
    expect(JSON.stringify(credentials)).not.toMatch(/t1|t2/);
  });

  it("takes SLUICE_SENDER_TOKENS as the tokens of the sender default", () => {
    const { credentials } = senders({ senderTokens: "old,new" }, { "default/max-items-per-second": "10" });
    expect(credentials).toMatchObject([
      { sender: { name: "default", rates: { maxItemsPerSecond: 10 } } },
      { sender: { name: "default" } },
    ]);
    expect(credentials.map((each) => "token" in each && each.token.reveal())).toEqual(["old", "new"]);
  });

  it("asks nobody for a token where there is none, and limits whoever sends where default has limits", () => {
    expect(senders({}, {}).credentials).toEqual([]);
    expect(senders({ senderTokens: "none" }, {}).credentials).toEqual([]);
    expect(senders({}, { "default/burst": "5s" }).credentials).toMatchObject([{ anyone: true }]);
    const named = senders({ senders: "a" }, { "a/tokens": "t", "default/burst": "5s" }).credentials;
    expect(named.map(({ sender }) => sender.name)).toEqual(["a"]);
  });

  it.each<[string, Parameters<typeof resolve>[0], Record<string, string>, RegExp]>([
    ["a sender without a way in", { senders: "a" }, {}, /The sender a has no way in: set SLUICE_SENDER_A_TOKENS/],
    ["a token of two", { senders: "a,b" }, { "a/tokens": "same", "b/tokens": "same" }, /a and b have the same token/],
    ["a token of the old list", { senders: "a", senderTokens: "same" }, { "a/tokens": "same" }, /a and default have/],
    [
      "a bad limit",
      { senders: "a" },
      { "a/tokens": "t", "a/max-items-per-second": "many" },
      /A_MAX_ITEMS_PER_SECOND must/,
    ],
    ["a bad attribute", { senders: "a" }, { "a/tokens": "t", "a/attributes": "team" }, /name=value/],
    ["a principal that is not an ARN", { senders: "a" }, { "a/principals": "checkout" }, /be ARNs of IAM/],
    [
      "an unknown destination",
      { senders: "a" },
      { "a/tokens": "t", "a/destinations": "x" },
      /names x: there are grafana-cloud/,
    ],
    [
      "a signal without a destination",
      { senders: "a", destinations: "b=traces" },
      { "a/tokens": "t", "a/destinations": "b" },
      /leaves metrics and logs of a without a destination/,
    ],
    [
      "a destination beside a pipeline",
      { senders: "a", pipelineFile: "x.alloy" },
      { "a/tokens": "t", "a/destinations": "grafana-cloud" },
      /the pipeline says where telemetry goes/,
    ],
    ["too many", { senders: Array.from({ length: 101 }, (_, at) => `s${at}`).join(",") }, {}, /at most 100/],
  ])("refuses %s, and names no token", (_, settings, texts, says) => {
    const { credentials, problems } = senders(settings, texts);
    expect(problems.join("\n")).toMatch(says);
    expect(problems.join("\n")).not.toContain('"same"');
    expect(credentials).toEqual([]);
  });
});

describe("problemOfSender()", () => {
  it.each(["web", "web-1"])("takes %s", (entry) => expect(problemOfSender(entry)).toBeUndefined());
  it.each(["Web", "1web", "default", "a b", ""])("refuses %o", (entry) => expect(problemOfSender(entry)).toBeDefined());
});

describe("unknownVariablesOf()", () => {
  it("knows the settings of senders, whatever they are called, and tells misspelt ones", () => {
    const env = {
      SLUICE_SENDER_A_B_MAX_ITEMS_PER_SECOND: "1",
      SLUICE_SENDER_A_TOKENS: "x",
      SLUICE_SENDER_A_TOKEN: "x",
    };
    expect(unknownVariablesOf(env)).toEqual(["SLUICE_SENDER_A_TOKEN"]);
  });
});

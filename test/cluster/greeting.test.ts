import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseGreeting } from "../../shared/cluster/greeting.ts";

const greeting = { cluster: "", from: { name: "a", address: "10.0.0.1:12345", state: "participant" }, known: [] };

describe("parseGreeting()", () => {
  it.each([
    ["as it is", greeting, greeting],
    ["of IPv6", { ...greeting, known: ["[fd00::1]:1"] }, { ...greeting, known: ["[fd00::1]:1"] }],
    [
      "without addresses that are none",
      { ...greeting, known: ["a:1", "http://x/", 7, "a", "a b:1"] },
      { ...greeting, known: ["a:1"] },
    ],
  ])("reads a greeting %s", (_, given, expected) => {
    expect(parseGreeting(JSON.stringify(given))).toEqual(expected);
  });

  it.each([
    ["nothing", ""],
    ["a list", "[]"],
    ["nobody", JSON.stringify({ ...greeting, from: null })],
    ["an empty name", JSON.stringify({ ...greeting, from: { ...greeting.from, name: "" } })],
    ["a long name", JSON.stringify({ ...greeting, from: { ...greeting.from, name: "x".repeat(300) } })],
    ["an address with a path", JSON.stringify({ ...greeting, from: { ...greeting.from, address: "a:1/x" } })],
    ["another state", JSON.stringify({ ...greeting, from: { ...greeting.from, state: "boss" } })],
  ])("refuses %s", (_, text) => {
    expect(parseGreeting(text)).toBeUndefined();
  });

  it("bounds what it keeps, and never throws", () => {
    const known = Array.from({ length: 1_000 }, (_, at) => `a:${at}`);
    expect(parseGreeting(JSON.stringify({ ...greeting, known }))?.known).toHaveLength(256);
    fc.assert(fc.property(fc.json(), (text) => void parseGreeting(text)));
  });
});

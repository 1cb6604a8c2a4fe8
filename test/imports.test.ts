import { describe, expect, it } from "vitest";
import { circles, importGraph, roomOf, roomPairs } from "./support/imports.ts";

const graph = importGraph(["shared", "functions", "daemon", "cli", "local", "ui", "infra"]);

/**
 * What each folder of `shared/` may import beside the one-idea files at its top: nouns stand below the code that uses them.
 * `node` and `aws` are adapters: they may import whatever is pure.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  compression: ["wire"],
  alloy: ["re2"],
  re2: [],
  http: [],
  rpc: [],
  grpc: ["compression", "rpc"],
  otlp: ["wire"],
  discovery: ["alloy", "wire"],
  cluster: ["telemetry"],
  prometheus: ["alloy", "compression", "discovery", "http", "otlp", "re2", "wire"],
  loki: ["alloy", "otlp", "re2", "wire"],
  edit: ["wire"],
  "aws-events": ["batch", "compression", "otlp", "queue", "telemetry", "wire"],
  ottl: ["edit", "re2"],
  processors: ["edit", "ottl", "re2"],
  batch: ["compression", "loki", "otlp", "prometheus", "wire"],
  telemetry: ["alloy", "batch"],
  senders: ["batch", "processors", "telemetry"],
  receivers: [
    "aws-events",
    "batch",
    "compression",
    "grpc",
    "http",
    "loki",
    "otlp",
    "prometheus",
    "rpc",
    "senders",
    "telemetry",
    "wire",
  ],
  queue: ["batch", "compression", "telemetry", "wire"],
  delivery: ["batch", "compression", "telemetry", "wire"],
  exporters: ["batch", "compression", "delivery", "grpc", "loki", "otlp", "prometheus", "rpc"],
  commit: ["aws-events", "batch", "delivery", "otlp", "queue", "telemetry", "wire"],
  drain: ["batch", "delivery", "queue", "telemetry"],
  "dead-letters": ["aws-events", "batch", "queue", "telemetry", "wire"],
  overview: ["telemetry"],
  readable: [],
  config: ["delivery", "exporters", "http", "telemetry"],
};
const adapters = ["node", "aws"];

describe("imports", () => {
  it("go in the directions of docs/architecture.md between the folders of shared", () => {
    const wrong = [...graph].flatMap(([file, targets]) => {
      const from = roomOf(file);
      const may = allowed[from.replace("shared/", "")];
      if (!file.startsWith("shared/") || from === "shared" || adapters.includes(from.replace("shared/", ""))) return [];
      return targets
        .filter((target) => roomOf(target) !== from && roomOf(target) !== "shared")
        .filter((target) => !may?.includes(roomOf(target).replace("shared/", "")))
        .map((target) => `${file} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it("never leave shared for an entry point", () => {
    const wrong = [...graph].filter(([file, targets]) => {
      return file.startsWith("shared/") && targets.some((target) => /^(functions|daemon|cli|local|ui)\//.test(target));
    });
    expect(wrong).toEqual([]);
  });

  it("go one way between two folders", () => {
    expect(roomPairs(graph)).toEqual([]);
  });

  it("make no circle, not even of types", () => {
    expect(circles(graph)).toEqual([]);
  });
});

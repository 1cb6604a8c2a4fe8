import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { describe, expect, it } from "vitest";
import { peers } from "../../bench/peers/find-peers.ts";
import { createPipeline } from "../../shared/loki/pipeline.ts";
import { lendLines } from "../support/lend-lines.ts";
import { recordingEntries } from "../support/recording-entries.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { stage, stageWorld } from "../support/stage-world.ts";
import { until } from "../support/tail-stand.ts";

// Lines of container runtimes as the Collector's filelog receiver reads them with its container parser, and as the stages do.
const count = 2_000;
const random = seededRandom(17);
const below = (limit: number) => Math.floor(random() * limit);
const words = [
  "plain text",
  "\u00e9\u20ac\u{1f600}",
  'quoted "x"',
  "back\\slash",
  "tab\there",
  "\u001b[31mred\u001b[0m",
  "level=info",
  '{"a":1}',
  "",
  "  lead",
  "<&>",
  "\u2028",
];
const pick = (of: readonly string[]) => of[below(of.length)] ?? "";
const content = (index: number) => `${index}#${Array.from({ length: 1 + below(4) }, () => pick(words)).join(" ")}`;

function time(index: number): string {
  const ms = Date.UTC(2026, 0, 1) + index * 1000;
  return new Date(ms).toISOString().replace("Z", pick(["Z", "456789Z", "000001Z"]));
}

/** Some writers write every character as a number, others only those that HTML knows. */
function json(line: string): string {
  const plain = JSON.stringify(line).slice(1, -1);
  if (below(3) > 0) return below(2) === 0 ? plain.replaceAll("<", "\\u003c").replaceAll("/", "\\/") : plain;
  return line
    .split("")
    .map((unit) =>
      below(4) === 0 ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}` : JSON.stringify(unit).slice(1, -1),
    )
    .join("");
}

function dockerLine(index: number): string {
  const fields = [
    `"log":"${json(`${content(index)}\n`)}"`,
    `"stream":"${pick(["stdout", "stderr"])}"`,
    `"time":"${time(index)}"`,
    ...(below(5) === 0 ? ['"attrs":{"a":"b"}'] : []),
  ];
  return `{${(below(4) === 0 ? fields.toReversed() : fields).join(below(4) === 0 ? ", " : ",")}}`;
}

/** One stream: the Collector joins parts of a line whatever their streams are, and gives it the time of the first. */
function criLine(index: number): string {
  const tag = index === count - 1 ? "F" : pick(["F", "F", "F", "P"]);
  return `${time(index)} stdout ${tag} ${content(index)}`;
}

interface Record {
  readonly timeUnixNano: string;
  readonly body: { readonly stringValue: string };
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
}

/** What the Collector makes of lines. */
async function collected(format: string, lines: readonly string[], expected: number) {
  const root = mkdtempSync(join(tmpdir(), "log-formats-"));
  const records: Record[] = [];
  const server = createServer(async (request, response) => {
    const isGzip = request.headers["content-encoding"] === "gzip";
    const body = JSON.parse(await text(isGzip ? request.pipe(createGunzip()) : request));
    for (const { scopeLogs } of body.resourceLogs) for (const { logRecords } of scopeLogs) records.push(...logRecords);
    response.setHeader("content-type", "application/json").end("{}");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  writeFileSync(join(root, "x.log"), `${lines.join("\n")}\n`);
  const filelog = {
    include: [join(root, "x.log")],
    start_at: "beginning",
    preserve_trailing_whitespaces: true,
    preserve_leading_whitespaces: true,
    operators: [{ type: "container", format, add_metadata_from_filepath: false }],
  };
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = {
    receivers: { filelog },
    exporters: { otlp_http: { endpoint, encoding: "json" } },
    service: {
      telemetry: { logs: { level: "error" }, metrics: { level: "none" } },
      pipelines: { logs: { receivers: ["filelog"], exporters: ["otlp_http"] } },
    },
  };
  writeFileSync(join(root, "config.yaml"), JSON.stringify(config));
  const child = spawn(peers.filelog ?? "", ["--config", join(root, "config.yaml")], { stdio: "ignore" });
  const ended = once(child, "exit");
  try {
    await until(() => records.length >= expected);
  } finally {
    child.kill("SIGKILL");
    await ended;
    server.closeAllConnections();
    server.close();
    rmSync(root, { recursive: true, force: true });
  }
  return records.map(({ timeUnixNano, body, attributes }) => ({
    time: timeUnixNano,
    line: body.stringValue,
    stream: attributes.find(({ key }) => key === "log.iostream")?.value.stringValue,
  }));
}

/** What a stage makes of them. */
async function staged(member: string, lines: readonly string[]) {
  const out = recordingEntries();
  const pipeline = createPipeline([stage(member)], out.lending, stageWorld().world);
  const durable = lendLines(pipeline.receiver, lines);
  await pipeline.close();
  await durable;
  return out.entries.map(({ timeUnixNano, line, labels }) => ({
    time: String(timeUnixNano),
    line,
    stream: labels.find(({ name }) => name === "stream")?.value,
  }));
}

const byLine = (a: { readonly line: string }, b: { readonly line: string }) => (a.line < b.line ? -1 : 1);

describe.skipIf(!peers.filelog)("lines of container runtimes", () => {
  it("are read by stage.docker as by the Collector", { timeout: 30_000 }, async () => {
    const lines = Array.from({ length: count }, (_, index) => dockerLine(index));
    const ours = await staged("docker", lines);
    const theirs = await collected("docker", lines, ours.length);
    expect(ours.sort(byLine)).toEqual(theirs.sort(byLine));
  });

  it("are put together by stage.cri as by the Collector", { timeout: 30_000 }, async () => {
    const lines = Array.from({ length: count }, (_, index) => criLine(index));
    const ours = await staged("cri", lines);
    const theirs = await collected("containerd", lines, ours.length);
    const shown = (all: typeof ours) => all.sort(byLine).map(({ line, stream }) => [line, stream]);
    expect(shown(ours)).toEqual(shown(theirs));
  });
});

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type EmbeddedSqs, region, startEmbeddedSqs } from "../../local/embedded-sqs.ts";
import { createSqsClient } from "../../shared/aws/sqs/sqs-client.ts";
import { createSqsQueue } from "../../shared/aws/sqs/sqs-queue.ts";
import { formats } from "../../shared/batch/formats.ts";
import type { DeadLetterReport } from "../../shared/dead-letters/report.ts";
import { decodeEnvelope } from "../../shared/queue/envelope.ts";
import { sluice } from "../support/cli/cli.ts";
import { type SampleDeadLetter, sampleDeadLetter } from "../support/dead-letters/sample-dead-letters.ts";
import { itemNames } from "../support/otlp/item-names.ts";

const directory = mkdtempSync(join(tmpdir(), "sluice-letters-"));
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const hour = 3_600_000;
let sqs: EmbeddedSqs;
let serial = 0;
let names: { readonly queue: string; readonly letters: string };
let env: Record<string, string>;
let put: (bodies: readonly string[]) => Promise<unknown>;

beforeAll(async () => {
  sqs = await startEmbeddedSqs({ dataDir: join(directory, "queues") });
});
afterAll(async () => {
  await sqs.stop();
  rmSync(directory, { recursive: true });
});

beforeEach(() => {
  serial += 1;
  names = { queue: `sluice-${serial}`, letters: `sluice-${serial}-dead-letters` };
  const letters = sqs.createQueue(names.letters, { MessageRetentionPeriod: "1209600" });
  const queue = sqs.createQueue(names.queue, {});
  env = {
    SLUICE_QUEUE_URL: queue.url,
    SLUICE_DEAD_LETTER_QUEUE_URL: letters.url,
    SLUICE_STATE_DIR: join(directory, `state-${serial}`),
  };
  const client = createSqsClient({ endpoint: sqs.endpoint, region, credentials });
  put = (bodies) => createSqsQueue({ client, queueUrl: letters.url }).send(bodies);
});

async function park(...given: readonly SampleDeadLetter[]): Promise<void> {
  await put(await Promise.all(given.map(sampleDeadLetter)));
}

async function run(...args: readonly string[]) {
  const { code, out, err } = await sluice(["dead-letters", ...args, "--json"], { env });
  const report: DeadLetterReport = out === "" ? undefined : JSON.parse(out);
  return { code, err, report };
}

function queuedItems(): string[] {
  return sqs.bodies(names.queue).flatMap((body) => {
    const decoded = decodeEnvelope(body);
    if (decoded.kind === "undecodable") throw new Error(decoded.message);
    const { payload, encoding, format } = decoded.batch;
    expect(encoding).toBe("identity");
    return itemNames(payload, formats[format].signal);
  });
}

describe("sluice dead-letters list", () => {
  test("groups letters and lists each with its facts, and leaves them where they are", async () => {
    await park(
      { id: "a", signal: "logs", service: "checkout", lastAttemptAt: Date.now() - 3 * hour },
      { id: "b", signal: "logs", service: "checkout", names: ["x", "y"] },
      { id: "c", signal: "traces", service: "cart", reason: "too-large", status: 413 },
    );
    await put(["not an envelope"]);
    const { code, report } = await run("list");
    expect(code).toBe(0);
    expect(report).toMatchObject({ action: "list", ended: "all", more: false, counts: { kept: 4, notSelected: 0 } });
    expect(report.groups).toMatchObject([
      { signal: "logs", services: "checkout", reason: "rejected", letters: 2, items: 3 },
      { signal: "traces", services: "cart", reason: "too-large", letters: 1, items: 1 },
      { signal: "unknown", services: "unknown", reason: "undecodable", letters: 1, items: 0 },
    ]);
    expect(report.letters.map(({ id, status }) => [id, status]).slice(0, 3)).toEqual([
      ["a", 400],
      ["b", 400],
      ["c", 413],
    ]);
    expect((await run("list", "--signal", "logs", "--since", "1h")).report.letters).toMatchObject([{ id: "b" }]);
    expect(sqs.bodies(names.letters)).toHaveLength(4);
  });

  test("shows a table, and nothing of a letter's text reaches the terminal as a command", async () => {
    await park({ id: "a", message: "red \u001b[31m alert\nnew line", service: "\u202Eevil" });
    const { code, out } = await sluice(["dead-letters", "list"], { env });
    expect(code).toBe(0);
    expect(out).toContain("red  [31m alert new line");
    for (const character of ["\u001b", "\u202E"]) expect(out).not.toContain(character);
    expect(out).toMatch(/^logs +evil +rejected +1 +1 /m);
  });
});

describe("sluice dead-letters show", () => {
  test("decodes a letter", async () => {
    await park({ id: "a" }, { id: "b", names: ["the one"] });
    const { code, out } = await sluice(["dead-letters", "show", "b", "--json"], { env });
    expect(code).toBe(0);
    const shown = JSON.parse(out);
    expect(shown).toMatchObject({ id: "b", status: 400, reason: "rejected" });
    expect(shown.content.resourceLogs[0].scopeLogs[0].logRecords[0].body).toEqual({ stringValue: "the one" });
    const text = await sluice(["dead-letters", "show", "b"], { env });
    expect(text.out).toMatch(/^reason +rejected \(HTTP 400\)$/m);
    expect(text.out).toContain('"stringValue": "the one"');
    expect(sqs.bodies(names.letters)).toHaveLength(2);
  });

  test("shows what cannot be decoded as it is, and says what is not there", async () => {
    await put(["not an envelope"]);
    const [letter] = (await run("list")).report.letters;
    const { out } = await sluice(["dead-letters", "show", letter?.id ?? ""], { env });
    expect(out).toContain("not an envelope");
    const missing = await sluice(["dead-letters", "show", "nobody"], { env });
    expect(missing).toMatchObject({ code: 1, out: "", err: expect.stringContaining("sluice dead-letters list") });
  });
});

describe("sluice dead-letters export", () => {
  test.each(["json", "protobuf"])("writes each letter as %s, and a manifest", async (format) => {
    const out = join(directory, `export-${serial}`);
    await park({ id: "../../etc/passwd", signal: "traces", names: ["span"] });
    await put(["not an envelope"]);
    const { code } = await run("export", "--out", out, "--format", format);
    expect(code).toBe(0);
    const manifest: DeadLetterReport & { letters: { file: string; format: string }[] } = JSON.parse(
      readFileSync(join(out, "manifest.json"), "utf8"),
    );
    const [decoded, raw] = manifest.letters;
    expect(readdirSync(out).sort()).toEqual([decoded?.file, raw?.file, "manifest.json"].sort());
    expect([decoded?.format, raw?.format]).toEqual([format, "raw"]);
    const bytes = readFileSync(join(out, decoded?.file ?? ""));
    if (format === "protobuf") expect(itemNames(bytes, "traces")).toEqual(["span"]);
    else expect(JSON.parse(String(bytes)).resourceSpans[0].scopeSpans[0].spans).toMatchObject([{ name: "span" }]);
    expect(readFileSync(join(out, raw?.file ?? ""), "utf8")).toBe("not an envelope");
    expect(sqs.bodies(names.letters)).toHaveLength(2);
    expect(await run("export", "--out", out)).toMatchObject({ code: 2, err: expect.stringContaining("--out") });
  });
});

describe("sluice dead-letters replay", () => {
  test("sends what is selected, keeps the rest, and needs nobody to answer", async () => {
    await park({ id: "a", names: ["one"] }, { id: "b", signal: "traces" }, { id: "c", names: ["two"] });
    const planned = await run("replay", "--signal", "logs", "--dry-run");
    expect(planned).toMatchObject({ code: 0, report: { dryRun: true, counts: { planned: 2, notSelected: 1 } } });
    expect(sqs.bodies(names.queue)).toEqual([]);
    const { code, report, err } = await run("replay", "--signal", "logs");
    expect(code).toBe(0);
    expect(report.counts).toMatchObject({ replayed: 2, notSelected: 1, kept: 0, failed: 0 });
    expect(report.letters.map(({ id, outcome }) => [id, outcome])).toEqual([
      ["a", "replayed"],
      ["c", "replayed"],
    ]);
    expect(queuedItems().sort()).toEqual(["one", "two"]);
    expect(sqs.bodies(names.letters)).toHaveLength(1);
    expect(err.match(/letter\.replayed/g)).toHaveLength(2);
    const batches = sqs.bodies(names.queue).map(decodeEnvelope);
    expect(batches).toMatchObject([
      { batch: { history: { replays: 1, replayOf: "a" } } },
      { batch: { history: { replays: 1, replayOf: "c" } } },
    ]);
    for (const each of batches) expect(each).not.toHaveProperty("batch.deadLetter");
  });

  test("keeps what is too old for the destination unless it is told otherwise", async () => {
    await park({ id: "old", signal: "metrics", dataAt: Date.now() - 3 * hour }, { id: "new", signal: "metrics" });
    const { code, report, err } = await run("replay");
    expect(code).toBe(0);
    expect(report.letters).toMatchObject([
      { id: "old", outcome: "kept", stale: { verdict: "refused" } },
      { id: "new", outcome: "replayed" },
    ]);
    expect(err).toContain("more than 2 hours behind");
    expect((await run("replay", "--include-stale")).report.counts).toMatchObject({ replayed: 1, kept: 0 });
  });

  test("sends at most so many letters, and goes on with the rest", async () => {
    await park(...Array.from({ length: 25 }, (_, index) => ({ id: `l${index}`, names: [`i${index}`] })));
    expect((await run("replay", "--max", "12")).report).toMatchObject({ ended: "enough", counts: { replayed: 12 } });
    expect((await run("replay", "--reason", "rejected")).report).toMatchObject({ counts: { replayed: 13 } });
    expect(new Set(queuedItems()).size).toBe(25);
    expect(sqs.bodies(names.queue)).toHaveLength(25);
  });

  test("does nothing where it cannot keep its journal", async () => {
    await park({ id: "a" });
    const { code, err } = await sluice(["dead-letters", "replay"], {
      env: { ...env, SLUICE_STATE_DIR: "/dev/null/x" },
    });
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining("SLUICE_STATE_DIR") });
    expect(sqs.bodies(names.queue)).toEqual([]);
  });

  test("leaves alone what is not a batch", async () => {
    await put(["not an envelope"]);
    const { report } = await run("replay");
    expect(report.letters).toMatchObject([{ outcome: "kept", why: expect.stringContaining("not a batch") }]);
    expect(sqs.bodies(names.letters)).toEqual(["not an envelope"]);
  });
});

describe("sluice dead-letters discard", () => {
  test("deletes what is selected, with a reason, and nothing without being sure", async () => {
    await park({ id: "a", service: "load-test" }, { id: "b" });
    await put(["not an envelope"]);
    expect(await run("discard", "--all", "--comment", "why")).toMatchObject({
      code: 2,
      err: expect.stringContaining("--yes"),
    });
    expect(await run("discard", "--all", "--yes")).toMatchObject({
      code: 2,
      err: expect.stringContaining("--comment"),
    });
    expect(await run("discard", "--comment", "why", "--yes")).toMatchObject({
      code: 2,
      err: expect.stringContaining("--all"),
    });
    expect(await run("discard", "--reason", "rejected", "--yes")).toMatchObject({
      code: 2,
      err: expect.stringContaining("--comment"),
    });
    expect(sqs.bodies(names.letters)).toHaveLength(3);
    const some = await run("discard", "--service", "load-test", "--comment", "a test", "--yes");
    expect(some).toMatchObject({ code: 0, report: { counts: { discarded: 1, notSelected: 2 } } });
    expect(some.err).toMatch(/"dead-letter.discarded".*"reason":"a test"/);
    const raw = await run("discard", "--reason", "undecodable", "--comment", "a test", "--yes");
    expect(raw.report.letters).toMatchObject([{ outcome: "discarded", reason: "undecodable" }]);
    expect(sqs.bodies(names.letters)).toHaveLength(1);
  });
});

describe("sluice dead-letters", () => {
  test.each([
    [["list", "--signal", "log"], "--signal is log: it must be one of traces, metrics, logs."],
    [["list", "--since", "yesterday"], "--since is yesterday: it must be an age such as 90m, 6h or 3d"],
    [["replay", "--max", "0"], "--max is 0: it must be a whole number above 0."],
    [["replay", "--rate", "fast"], "--rate is fast: it must be a number above 0."],
    [["replay", "--lease", "0"], "--lease is 0: it must be a whole number of seconds from 1 to 3600."],
    [["export", "--format", "xml"], "--format is xml: it must be json or protobuf."],
  ])("refuses %j", async (args, message) => {
    const { code, out, err } = await sluice(["dead-letters", ...args], { env });
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain(message);
  });

  test("say how to start the local stack where none answers", async () => {
    const local = { SLUICE_DATA_DIR: join(directory, "none") };
    expect(await sluice(["dead-letters", "list", "--local"], { env: local })).toMatchObject({
      code: 3,
      err: expect.stringContaining("npm start"),
    });
    const gone = { SLUICE_QUEUE_URL: "http://127.0.0.1:1/0/q", SLUICE_DEAD_LETTER_QUEUE_URL: "http://127.0.0.1:1/0/d" };
    const { code, err } = await sluice(["dead-letters", "list"], { env: gone });
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining("npm start") });
    expect(existsSync(join(directory, "none"))).toBe(false);
  });
});

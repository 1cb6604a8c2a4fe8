import { appendFileSync, existsSync, renameSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeLoki, startFakeLoki } from "../support/loki/fake-loki.ts";
import { startAgent } from "../support/loki/log-agent.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { tailStand, until } from "../support/tail-stand.ts";

const kills = 5;
const linesEachMs = 2;
/** Positions are saved a few times a second, later on a busy machine: what was read since then is read again. */
const maxRepeatedMs = 3_000;

describe("a log agent that is killed at random moments", () => {
  const stand = tailStand();
  let loki: FakeLoki;
  beforeAll(async () => {
    loki = await startFakeLoki();
  });
  afterAll(async () => {
    await loki.close();
    stand.remove();
  });

  it("delivers every line through rotations and an outage, and repeats a bounded number", async () => {
    const random = seededRandom(20261125);
    const path = stand.file("app.log");
    writeFileSync(path, "");
    let written = 0;
    let rotations = 0;
    // What was rotated before anybody has ever read it is nobody's.
    let isKnown = false;
    const writing = setInterval(() => {
      const count = 5 * linesEachMs;
      appendFileSync(path, Array.from({ length: count }, () => `line ${written++}\n`).join(""));
      if (isKnown && random() < 0.01) {
        renameSync(path, `${path}.${++rotations}`);
        writeFileSync(path, "");
      }
    }, 5);
    const agent = {
      directory: stand.file("state"),
      source: `targets = [{__path__ = "${path}", job = "app"}]`,
      stages: 'stage.regex {\nexpression = "line (?P<n>[0-9]+)"\n}\nstage.structured_metadata {\nvalues = {n = ""}\n}',
      write: `endpoint {\nurl = "${loki.url}"\nbatch_wait = "50ms"\nmin_backoff_period = "20ms"\nmax_backoff_period = "100ms"\n}`,
    };
    for (let kill = 0; kill < kills; kill += 1) {
      if (kill === 2) loki.always({ status: 503 });
      if (kill === 4) loki.always();
      const running = await startAgent(agent);
      if (!isKnown) await until(() => existsSync(`${agent.directory}/positions/positions.json`));
      isKnown = true;
      await new Promise((resolve) => setTimeout(resolve, 50 + random() * 500));
      await running.kill("SIGKILL");
    }
    clearInterval(writing);
    const last = await startAgent(agent);
    const got = () => new Set(loki.entries.map(({ line }) => line)).size;
    for (let turn = 0; turn < 400 && got() < written; turn += 1)
      await new Promise((resolve) => setTimeout(resolve, 25));
    await last.kill("SIGTERM");
    const lines = loki.entries.map(({ line }) => line);
    const all = new Set(lines);
    const missing = Array.from({ length: written }, (_, index) => `line ${index}`).filter((line) => !all.has(line));
    expect({ missing: missing.length, rotations: rotations > 0, written: written > 1000 }).toEqual({
      missing: 0,
      rotations: true,
      written: true,
    });
    expect(lines.length - written).toBeLessThan(kills * maxRepeatedMs * linesEachMs);
    expect(loki.entries.every(({ line, metadata }) => line === `line ${metadata.n}`)).toBe(true);
  });
});

import { describe, expect, it } from "vitest";
import type { DeadLetterReport } from "../../shared/dead-letters/report.ts";
import { figures, tally } from "../support/cli/figures.ts";
import { startReplayWorld } from "../support/dead-letters/replay-world.ts";
import type { PassingCall } from "../support/http/cutting-proxy.ts";
import { seededRandom } from "../support/seeded-random.ts";

type World = Awaited<ReturnType<typeof startReplayWorld>>;

const numbered = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}-${at}`);

/** Parks letters of two signals, traces at the head; answers with the items of the logs and of the traces. */
async function parkAll({ accept, letters, queued }: World, counts: { readonly logs: number; readonly traces: number }) {
  const items = { traces: numbered("span", counts.traces), logs: numbered("record", counts.logs) };
  for (const signal of ["traces", "logs"] as const) {
    for (let at = 0; at < items[signal].length; at += 5) await accept(signal, items[signal].slice(at, at + 5));
    const parked = async () => [...(await letters(signal)).values()].flat().length;
    await expect.poll(parked, { timeout: 30_000, interval: 100 }).toBe(items[signal].length);
  }
  await expect.poll(queued).toBe(0);
  return items;
}

/** Ids that were said to be delivered twice, perhaps: by a report, or by the log of a command that was killed before it could report. */
function saidTwice(ended: { readonly report: DeadLetterReport | undefined; readonly err: string }): string[] {
  const logged = [...ended.err.matchAll(/^\{.*"letter\.replayed".*\}$/gm)].map(([line]) => JSON.parse(line));
  const reported = ended.report?.letters.filter(({ maybeTwice }) => maybeTwice).map(({ id }) => id) ?? [];
  return [...reported, ...logged.filter(({ maybeTwice }) => maybeTwice).map(({ id }) => id)];
}

async function settle({ queued, grafana }: World, items: readonly string[]): Promise<void> {
  const missing = () => items.filter((item) => !grafana.delivered.has(item)).length;
  await expect.poll(missing, { timeout: 20_000 }).toBe(0);
  await expect.poll(queued, { timeout: 10_000 }).toBe(0);
}

function judge({ grafana }: World, sent: readonly string[], twiceDeadLetters: readonly (readonly string[])[]) {
  const result = tally(sent, { delivered: grafana.delivered, parked: [], queued: [] });
  const said = new Set(twiceDeadLetters.flat());
  const silent = sent.filter((item) => (grafana.delivered.get(item) ?? 0) > 1 && !said.has(item));
  return { ...result, "reported maybe twice": said.size, "duplicated silently": silent.length };
}

describe("replayDeliversOnce", () => {
  it("delivers what was parked once it is put right, past another selection's letters, and leaves those", async () => {
    const world = await startReplayWorld();
    const items = await parkAll(world, { logs: 200, traces: 300 });
    world.putRight();
    const startedAt = performance.now();
    const { code, report } = await world.replay("--signal", "logs").ended;
    const ms = Math.round(performance.now() - startedAt);
    await settle(world, items.logs);
    const result = judge(world, items.logs, []);
    const left = [...(await world.letters("traces")).values()].flat().length;
    figures("replayDeliversOnce", { ...result, letters: report?.counts.replayed ?? 0, "left parked": left, ms });
    expect(code).toBe(0);
    expect(result).toMatchObject({ delivered: 200, lost: 0, duplicated: 0, "duplicated silently": 0 });
    expect([left, await world.letters("logs")]).toEqual([300, new Map()]);
    expect(items.traces.some((item) => world.grafana.delivered.has(item))).toBe(false);
  });

  it.each<[string, (call: PassingCall) => "before" | "after" | undefined, { readonly twice: boolean }]>([
    ["before its first send", at("SendMessageBatch", 0, "before"), { twice: false }],
    ["after a send, before its answer", at("SendMessageBatch", 1, "after"), { twice: true }],
    ["between a send and the deletion", at("DeleteMessageBatch", 1, "before"), { twice: false }],
    ["after a deletion, before its answer", at("DeleteMessageBatch", 1, "after"), { twice: false }],
    ["after it received letters, before their arrival", at("ReceiveMessage", 1, "after"), { twice: false }],
    ["while it shows what it leaves", at("ChangeMessageVisibilityBatch", 0, "before"), { twice: false }],
  ])("delivers everything when it is killed %s, and goes on when it is called again", async (name, cut, { twice }) => {
    const world = await startReplayWorld();
    const items = await parkAll(world, { logs: 150, traces: 20 });
    const contents = await world.letters("logs");
    world.putRight();
    const first = world.replay("--signal", "logs");
    world.proxy.cut(cut, () => first.kill("SIGKILL"));
    const killed = await first.ended;
    expect(killed).toMatchObject({ code: null, report: undefined });
    world.proxy.cut(undefined, () => {});
    const again = await world.replay("--signal", "logs").ended;
    expect(again).toMatchObject({ code: 0, report: { ended: "all", more: false } });
    await settle(world, items.logs);
    const said = [killed, again].flatMap(saidTwice);
    const result = judge(
      world,
      items.logs,
      said.map((id) => contents.get(id) ?? []),
    );
    figures(`replayDeliversOnce killed ${name}`, { ...result, finished: again.report?.counts.finished ?? 0 });
    expect(result).toMatchObject({ delivered: 150, lost: 0, "duplicated silently": 0 });
    if (!twice) expect(result.duplicated).toBe(0);
    expect((await world.letters("traces")).size).toBeGreaterThan(0);
  });

  it("says what may arrive twice when the answer to a send is lost, in the same run", async () => {
    const world = await startReplayWorld();
    const items = await parkAll(world, { logs: 100, traces: 0 });
    const contents = await world.letters("logs");
    world.putRight();
    world.proxy.cut(at("SendMessageBatch", 1, "after"), (response) => response.destroy());
    const { code, report } = await world.replay().ended;
    expect(code).toBe(0);
    await settle(world, items.logs);
    const twice = report?.letters.filter(({ maybeTwice }) => maybeTwice) ?? [];
    const said = twice.map(({ id }) => contents.get(id) ?? []);
    const result = judge(world, items.logs, said);
    figures("replayDeliversOnce answer lost", { ...result });
    expect(twice.length).toBeGreaterThan(0);
    // As many as are in the letters of that send, however the refusals were narrowed down into letters.
    expect(result).toMatchObject({ delivered: 100, lost: 0, duplicated: said.flat().length, "duplicated silently": 0 });
  });

  it("delivers everything when it is killed again and again at any time", async () => {
    const world = await startReplayWorld();
    const items = await parkAll(world, { logs: 300, traces: 20 });
    const contents = await world.letters("logs");
    world.putRight();
    const random = seededRandom(11);
    const said: string[] = [];
    let kills = 0;
    for (let round = 0; round < 6; round++) {
      const running = world.replay("--signal", "logs", "--rate", "90");
      const timer = setTimeout(() => running.kill("SIGKILL"), 500 + random() * 900);
      const ended = await running.ended;
      clearTimeout(timer);
      said.push(...saidTwice(ended));
      kills += ended.code === null ? 1 : 0;
    }
    const last = await world.replay("--signal", "logs").ended;
    said.push(...saidTwice(last));
    expect(last).toMatchObject({ code: 0, report: { ended: "all" } });
    await settle(world, items.logs);
    const result = judge(
      world,
      items.logs,
      said.map((id) => contents.get(id) ?? []),
    );
    figures("replayDeliversOnce killed at random", {
      ...result,
      kills,
      "left to the last": last.report?.counts.replayed ?? 0,
    });
    expect(result).toMatchObject({ delivered: 300, lost: 0, "duplicated silently": 0 });
    expect(kills).toBeGreaterThan(0);
  });

  it("stops between two letters at Ctrl-C, shows what it did, and goes on without a duplicate", async () => {
    const world = await startReplayWorld();
    const items = await parkAll(world, { logs: 100, traces: 10 });
    world.putRight();
    const running = world.replay("--signal", "logs", "--rate", "100");
    const sent = () => world.grafana.delivered.size;
    await expect.poll(sent, { timeout: 10_000, interval: 20 }).toBeGreaterThan(5);
    running.kill("SIGINT");
    const stopped = await running.ended;
    expect(stopped).toMatchObject({ code: 1, report: { ended: "interrupted", more: true, leasedByOthers: 0 } });
    const done = stopped.report?.counts.replayed ?? 0;
    const rest = await world.replay("--signal", "logs").ended;
    await settle(world, items.logs);
    const result = judge(world, items.logs, []);
    figures("replayDeliversOnce interrupted", {
      ...result,
      "before Ctrl-C": done,
      after: rest.report?.counts.replayed ?? 0,
    });
    expect(result).toMatchObject({ delivered: 100, lost: 0, duplicated: 0 });
    expect(done).toBeGreaterThan(0);
  });

  it("parks again what is refused again, and says how often it was replayed", async () => {
    const world = await startReplayWorld();
    const items = await parkAll(world, { logs: 20, traces: 0 });
    const before = await world.letters("logs");
    const { report } = await world.replay().ended;
    expect(report).toMatchObject({ ended: "all", counts: { replayed: before.size } });
    const parkedAgain = async () => [...(await world.letters("logs")).values()].flat().length;
    await expect.poll(parkedAgain, { timeout: 15_000 }).toBe(items.logs.length);
    const { report: planned } = await world.replay("--dry-run").ended;
    for (const { replays, replayOf } of planned?.letters ?? []) {
      expect(replays).toBe(1);
      expect([...before.keys()]).toContain(replayOf);
    }
  });
});

function at(
  action: string,
  index: number,
  moment: "before" | "after",
): (call: PassingCall) => "before" | "after" | undefined {
  return (call) => (call.action === action && call.index === index ? moment : undefined);
}

import { describe, expect, it } from "vitest";
import { createQueueCommit } from "../../shared/commit/queue-commit.ts";
import { createEnqueue } from "../../shared/queue/enqueue.ts";
import { decodeEnvelope } from "../../shared/queue/envelope.ts";
import type { Queue, QueueBody } from "../../shared/queue/queue.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { itemNames, requestOf } from "../support/otlp/item-names.ts";
import { unpack } from "../support/otlp/unpack.ts";
import { seededRandom } from "../support/seeded-random.ts";

const random = seededRandom(1);
const noise = (length: number) => Array.from({ length }, () => Math.floor(random() * 36).toString(36)).join("");

/** A queue made before August 2025: 256 KiB a message. */
function narrowQueue(known: boolean) {
  const bodies: QueueBody[] = [];
  let limit = known ? 262_144 : 1_048_576;
  const queue: Queue = {
    messageLimit: () => limit,
    async send(given) {
      const unsent = [...given.keys()].filter((index) => (given[index]?.length ?? 0) > 262_144);
      if (unsent.length > 0) {
        limit = 262_144;
        return { kind: "failed", reason: "Message must be shorter than 262144 bytes", unsent };
      }
      bodies.push(...given);
      return { kind: "sent" };
    },
  };
  return { queue, bodies };
}

function requestWith(names: readonly string[]) {
  return { format: "otlp/logs" as const, items: names.length, bytes: requestOf("logs", { names }) };
}

async function namesIn(bodies: readonly QueueBody[]): Promise<string[]> {
  const names: string[] = [];
  for (const body of bodies) {
    const decoded = decodeEnvelope(body);
    if (decoded.kind === "batch") names.push(...itemNames(await unpack(decoded.batch), "logs"));
  }
  return names;
}

const common = { destination: "d", clock: createManualClock(), emit: () => {}, maxBatchBytes: 4 * 2 ** 20 };

describe("a queue with a limit of its own", () => {
  it.each([
    ["that was read", true],
    ["that it tells when it refuses", false],
  ])("takes a request of a megabyte in several messages, within the limit %s", async (_, known) => {
    const { queue, bodies } = narrowQueue(known);
    const names = Array.from({ length: 100 }, () => noise(10_000));
    expect(await createEnqueue({ ...common, queue })(requestWith(names))).toEqual({ kind: "accepted" });
    expect(bodies.length).toBeGreaterThan(3);
    expect((await namesIn(bodies)).sort()).toEqual([...names].sort());
  });

  it("asks to send again what only the detour cannot take, and takes its neighbours", async () => {
    const { queue, bodies } = narrowQueue(true);
    const commit = createQueueCommit(createEnqueue({ ...common, queue, isDetour: true }), queue.messageLimit);
    const [large, small] = [requestWith([noise(400_000)]), requestWith(["a"])];
    const acceptances = await commit([large, small], { final: true });
    expect(acceptances.get(large)).toMatchObject({ kind: "unavailable" });
    expect(acceptances.get(small)).toEqual({ kind: "accepted" });
    expect(await namesIn(bodies)).toEqual(["a"]);
  });

  it("rejects it where the queue is the only way", async () => {
    const { queue } = narrowQueue(true);
    const accepted = await createEnqueue({ ...common, queue })(requestWith([noise(400_000)]));
    expect(accepted).toMatchObject({ kind: "accepted", rejected: { items: 1 } });
  });
});

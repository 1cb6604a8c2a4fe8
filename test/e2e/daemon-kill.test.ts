import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleEntry } from "../../infra/bundle.ts";
import { createOtlpClients } from "../support/clients/otlp-clients.ts";
import { createDaemonWorld, type DaemonWorld } from "../support/daemon/daemon-world.ts";

const rounds = 51;
const kinds = ["direct", "direct, destination down", "queue"] as const;
let world: DaemonWorld;
let file: string;

beforeAll(async () => {
  file = join(mkdtempSync(join(tmpdir(), "sluice-daemon-")), "index.cjs");
  await bundleEntry("daemon/main.ts", { kind: "program", outfile: file });
  world = await createDaemonWorld();
});
afterAll(() => world.close());

describe("killLosesNothing", () => {
  it(`delivers every acknowledged item over ${rounds} kills under load`, { timeout: 300_000 }, async () => {
    const counts = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      const kind = kinds[round % kinds.length] ?? "direct";
      const before = world.acknowledged.size;
      await oneRound(kind, round);
      counts.set(kind, (counts.get(kind) ?? 0) + world.acknowledged.size - before);
    }
    world.grafana.behave(() => undefined);
    await world.flush();
    const told = [...counts].map(([kind, items]) => `${items} (${kind})`).join(", ");
    process.stdout.write(`killLosesNothing: ${rounds} kills, acknowledged ${told}, lost ${world.missing().length}\n`);
    expect(world.missing()).toEqual([]);
    for (const kind of kinds) expect(counts.get(kind), kind).toBeGreaterThan(500);
  });
});

async function oneRound(kind: (typeof kinds)[number], round: number): Promise<void> {
  const isDown = kind === "direct, destination down";
  world.grafana.behave(() => (isDown ? { status: 503 } : undefined));
  const daemon = await world.start(
    {
      SLUICE_DURABLE_IN: kind === "queue" ? "queue" : "destination",
      SLUICE_BATCH_DELAY: "20ms",
      SLUICE_DIRECT_TIMEOUT: "600ms",
    },
    { file },
  );
  const abort = new AbortController();
  const clients = createOtlpClients({ ...daemon, timeoutMillis: 700 });
  const loading = world.load(clients, abort.signal);
  // Long enough for acknowledgements in every round, and never in step with the batches.
  await new Promise((resolve) => setTimeout(resolve, (isDown ? 700 : 250) + ((round * 37) % 150)));
  await daemon.end("SIGKILL");
  abort.abort();
  for (const client of clients) await client.close();
  await loading;
}

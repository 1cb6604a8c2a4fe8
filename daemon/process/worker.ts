import type { Remembered } from "../../shared/overview/recent.ts";
import type { Snapshot } from "../../shared/telemetry/metrics/metrics.ts";
import type { Daemon } from "../daemon.ts";
import type { Reloaded } from "../settings/settings-reload.ts";

/** What the main process asks of a worker. */
export interface Question {
  readonly id: number;
  readonly ask: "state" | "snapshot" | "remembered" | "reload" | "stop";
}

/** What a worker tells: that it serves, or what it was asked. */
export type Reply = { readonly started: Daemon["addresses"] } | { readonly id: number; readonly answer: Answer };

type Answer = State | Snapshot | Remembered | Reloaded | undefined;

export interface State {
  readonly notReady: string | undefined;
  readonly unhealthy: string | undefined;
}

/** Lets the main process ask this worker, and lets the worker end with it: nobody would stop it any more. */
export function serveAsWorker(daemon: Daemon): void {
  const tell = (reply: Reply) => void process.send?.(reply);
  // A terminal sends its signals to every process: the main one decides.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
  process.on("disconnect", () => void daemon.stop().then(() => process.exit(0)));
  process.on("message", ({ id, ask }: Question) => {
    void answer(ask).then((given) => {
      tell({ id, answer: given });
      if (ask === "stop") process.disconnect();
    });
  });
  tell({ started: daemon.addresses });

  async function answer(ask: Question["ask"]): Promise<Answer> {
    switch (ask) {
      case "state":
        return { notReady: daemon.notReady(), unhealthy: daemon.unhealthy() };
      case "snapshot":
        return daemon.snapshot();
      case "remembered":
        return daemon.remembered();
      case "reload":
        return daemon.reload();
      case "stop":
        await daemon.stop();
        return undefined;
    }
  }
}

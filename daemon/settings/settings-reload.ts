import type { ConfigStore } from "../../shared/config/config-store.ts";
import type { Config } from "../../shared/config/resolve.ts";
import { settingKeys, settings } from "../../shared/config/settings.ts";
import { errorText } from "../../shared/error-text.ts";
import type { ProcessTelemetry } from "../../shared/node/process-telemetry.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import type { TlsMaterial } from "../../shared/node/tls.ts";
import type { OtlpServer } from "../ingress/otlp-server.ts";
import { readTls } from "../ingress/tls-files.ts";

/** What came of reading the settings again; `atNextStart` are the variables of changes that a running process cannot take. */
export type Reloaded =
  | { readonly kind: "reloaded"; readonly changed: boolean; readonly atNextStart: readonly string[] }
  | { readonly kind: "kept"; readonly problems: readonly string[] };

export interface SettingsReloadOptions {
  readonly store: ConfigStore;
  /** The settings of the start. */
  readonly config: Config;
  readonly telemetry: Pick<ProcessTelemetry, "emit" | "setLevel">;
  /** The certificate of the start. */
  readonly tls: TlsMaterial | undefined;
  readonly servers: readonly Pick<OtlpServer, "setTls">[];
}

/** What a running process takes from changed settings and certificate files. */
export interface SettingsReload {
  /** Reads both again; bad ones change nothing. */
  reload(): Promise<Reloaded>;
  /** Reloads at the refresh interval until `abort`. */
  run(abort: AbortSignal): Promise<void>;
}

/** Settings that are read whenever they are needed; the others are those of the start. */
const live: ReadonlySet<string> = new Set([
  "endpoint",
  "instanceId",
  "apiKey",
  "senderTokens",
  "senders",
  "logLevel",
  "refreshInterval",
  "selfTelemetryInterval",
]);

/** Applies new settings to a running daemon as far as they can change. */
export function createSettingsReload(options: SettingsReloadOptions): SettingsReload {
  const { store, config, servers } = options;
  const { emit, setLevel } = options.telemetry;
  let { tls } = options;

  async function reload(): Promise<Reloaded> {
    const refreshed = await store.refresh();
    if (refreshed.kind === "kept") return refreshed;
    const problem = renewCertificate();
    if (problem) return { kind: "kept", problems: [problem] };
    const now = store.current();
    setLevel(now.logLevel);
    const differing = settingKeys.filter((key) => !live.has(key) && String(now[key]) !== String(config[key]));
    return {
      kind: "reloaded",
      changed: refreshed.kind === "changed",
      atNextStart: differing.map((key) => settings[key].env),
    };
  }

  function renewCertificate(): string | undefined {
    try {
      const next = readTls(config);
      if (next && JSON.stringify(next) !== JSON.stringify(tls)) {
        for (const server of servers) server.setTls(next);
        tls = next;
      }
      return undefined;
    } catch (error) {
      const problems = errorText(error);
      emit("config.kept", { source: "certificate files", problems });
      return problems;
    }
  }

  return {
    reload,
    async run(abort) {
      while (!abort.aborted) {
        await clock.sleep(store.current().refreshInterval * (0.9 + 0.2 * Math.random()), abort);
        if (!abort.aborted) await reload();
      }
    },
  };
}

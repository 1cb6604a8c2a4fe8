import type { Config } from "../../shared/config/resolve.ts";
import { readSettings } from "../config/read-settings.ts";
import type { Io } from "../terminal/io.ts";
import { type Check, failed, ok, warning } from "./check.ts";

export interface CheckedSettings {
  readonly checks: readonly Check[];
  /** Undefined while a setting is bad. */
  readonly config?: Config;
}

/** Are the parameters present and valid? */
export async function checkSettings(stage: string, io: Io, local: boolean): Promise<CheckedSettings> {
  const read = await readSettings({ stage, local }, io);
  if (read.kind === "failed") {
    const fix = `sluice config list --stage ${stage}`;
    return { checks: [failed("settings", read.reason, `Allow it or sign in, then try: ${fix}`)] };
  }
  const { texts, resolved } = read;
  if (resolved.kind === "invalid") {
    const fix = `sluice config validate --stage ${stage}`;
    return { checks: resolved.problems.map(({ message }) => failed("settings", message, `Check again: ${fix}`)) };
  }
  if (read.namedProblems.length > 0) {
    const fix = `Check again: sluice config validate --stage ${stage}`;
    return { checks: read.namedProblems.map((message) => failed("settings", message, fix)), config: resolved.config };
  }
  const set = Object.keys(texts).length;
  const unknown = read.unknown.map((name) =>
    warning("settings", `${name} is not a setting.`, `sluice config list --stage ${stage}`),
  );
  const { endpoint } = resolved.config;
  // Where AWS itself is emulated on this machine, so is the destination.
  const emulated = isLoopback(URL.parse(io.env.AWS_ENDPOINT_URL ?? "")?.hostname ?? "");
  if (!local && !emulated && endpoint !== undefined && isLoopback(new URL(endpoint).hostname)) {
    const fix = `sluice config put grafana-cloud/endpoint https://… --stage ${stage}`;
    const detail = `The endpoint ${endpoint} is the function's own machine: a deployed stage reaches nothing there.`;
    return { checks: [failed("settings", detail, fix)], config: resolved.config };
  }
  return { checks: [ok("settings", `${set} set, all valid`), ...unknown], config: resolved.config };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}

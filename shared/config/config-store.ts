import type { Clock } from "../clock.ts";
import type { SenderCredential } from "../http/auth.ts";
import type { Emit } from "../telemetry/events/events.ts";
import { namedDestinations, resolveDestination } from "./destination-settings.ts";
import type { ParameterSource } from "./parameter-source.ts";
import { type Config, type ResolveOptions, resolve, type SettingTexts } from "./resolve.ts";
import { unknownSenderTexts } from "./sender-settings.ts";
import { resolveSenders } from "./senders.ts";
import type { Setting } from "./setting.ts";
import { settingKeys, settings } from "./settings.ts";

/** The settings of a running process: read once at start, refreshed behind its back, replaced only by better ones. */
export interface ConfigStore {
  /** The settings in force. Read it again for each request: it is replaced, never changed. */
  current(): Config;
  /** The texts of further destinations, by `<name>/<setting>` (`destination-settings.ts`). */
  destinationTexts(): Readonly<Record<string, string>>;
  /** Who may send; nobody in it: everybody (`sender-settings.ts`). Another array only when the settings have changed. */
  senders(): readonly SenderCredential[];
  /** What the pipeline of the functions finds with `sys.env` beside the environment. */
  variables(): Readonly<Record<string, string>>;
  /** Reads the sources again; calls that overlap share one reading. Bad or unreadable settings leave the current ones. */
  refresh(): Promise<Refreshed>;
  /** Refreshes when `refreshInterval` has passed: for Lambda, beside an invocation, which waits for it before it answers. */
  refreshWhenStale(): Promise<void>;
}

/** What a refresh has come to: new settings, the same ones, or why the old ones stay. */
export type Refreshed =
  | { readonly kind: "changed" }
  | { readonly kind: "unchanged" }
  | { readonly kind: "kept"; readonly problems: readonly string[] };

export interface ConfigStoreOptions extends ResolveOptions {
  /** Settings from the environment, asked for at each reading: they win over `parameters`. */
  readonly environment: () => SettingTexts;
  /** The settings of further destinations in the environment. */
  readonly environmentDestinations?: (names: readonly string[]) => Readonly<Record<string, string>>;
  /** The settings of senders in the environment. */
  readonly environmentSenders?: (names: readonly string[]) => Readonly<Record<string, string>>;
  /** Names in the environment that look like settings and are not. */
  readonly unknownVariables?: readonly string[];
  /** Absent: the environment is the only source. */
  readonly parameters?: ParameterSource;
  readonly emit: Emit;
  readonly clock: Pick<Clock, "now">;
}

export type OpenedConfig =
  | { readonly kind: "ready"; readonly store: ConfigStore }
  | { readonly kind: "invalid"; readonly problems: readonly string[] };

type Texts = Readonly<Record<string, string>>;
type Loaded =
  | {
      readonly kind: "loaded";
      readonly config: Config;
      readonly texts: string;
      readonly destinations: Texts;
      readonly senders: Texts;
      readonly credentials: readonly SenderCredential[];
      readonly variables: Texts;
      readonly unknown: readonly string[];
    }
  | { readonly kind: "bad" | "unreadable"; readonly problems: readonly string[] };

type Readings = Pick<Extract<Loaded, { kind: "loaded" }>, "texts" | "destinations" | "senders" | "variables">;

/** Settings that could not be read are read again after this long, at the latest. */
const retryMs = 30_000;

/** Loads the settings and answers with their store, or with all the problems: then the process must not start. */
export async function createConfigStore(options: ConfigStoreOptions): Promise<OpenedConfig> {
  const { emit, clock, parameters } = options;
  const source = parameters?.name ?? "environment";
  const first = await load(options);
  if (first.kind !== "loaded") return { kind: "invalid", problems: first.problems };

  let inForce = first;
  let nextAt = clock.now() + first.config.refreshInterval;
  let reading: Promise<Refreshed> | undefined;
  announce(first);

  function announce({ texts, unknown }: Loaded & { readonly kind: "loaded" }): void {
    emit("config.loaded", { source, settings: Object.keys(JSON.parse(texts)).length });
    if (unknown.length > 0) emit("config.unknown", { source, names: unknown.slice(0, 20).join(", ") });
    const { unknownVariables: variables = [] } = options;
    if (variables.length > 0)
      emit("config.unknown", { source: "environment", names: variables.slice(0, 20).join(", ") });
  }

  async function read(): Promise<Refreshed> {
    const next = await load(options);
    const interval = inForce.config.refreshInterval;
    nextAt = clock.now() + (next.kind === "unreadable" ? Math.min(interval, retryMs) : interval);
    if (next.kind !== "loaded") {
      const problems = next.problems.join(" ");
      if (next.kind === "bad") emit("config.kept", { source, problems });
      else emit("config.unreadable", { source, message: problems });
      return { kind: "kept", problems: next.problems };
    }
    const lost = lostRestrictions(inForce.config, next.config);
    if (lost.length > 0) {
      emit("config.kept", { source, problems: lost.join(" ") });
      return { kind: "kept", problems: lost };
    }
    if (isSame(inForce, next)) return { kind: "unchanged" };
    inForce = next;
    announce(next);
    return { kind: "changed" };
  }

  function refresh(): Promise<Refreshed> {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  const store: ConfigStore = {
    current: () => inForce.config,
    destinationTexts: () => inForce.destinations,
    senders: () => inForce.credentials,
    variables: () => inForce.variables,
    refresh,
    async refreshWhenStale() {
      const isStale = clock.now() >= nextAt || clock.now() < nextAt - inForce.config.refreshInterval;
      if (isStale) await refresh();
    },
  };
  return { kind: "ready", store };
}

async function load({
  environment,
  environmentDestinations,
  environmentSenders,
  parameters,
  ...checks
}: ConfigStoreOptions): Promise<Loaded> {
  const found = await parameters?.read();
  if (found?.kind === "failed") return { kind: "unreadable", problems: [found.reason] };
  const texts = { ...found?.texts, ...environment() };
  const resolved = resolve(texts, checks);
  if (resolved.kind === "invalid") return { kind: "bad", problems: resolved.problems.map(({ message }) => message) };
  const names = namedDestinations(resolved.config.destinations).map(({ name }) => name);
  const destinations = { ...found?.destinations, ...environmentDestinations?.(names) };
  const problems: string[] = checks.delivers
    ? names.flatMap((name) => resolveDestination(name, destinations).problems)
    : [];
  const senderNames = resolved.config.senders ?? [];
  const senders = { ...found?.senders, ...environmentSenders?.(senderNames) };
  const { credentials, problems: problemsOfSenders } = resolveSenders(resolved.config, senders);
  problems.push(...problemsOfSenders);
  if (problems.length > 0) return { kind: "bad", problems };
  const sorted = Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    kind: "loaded",
    config: resolved.config,
    texts: JSON.stringify(sorted),
    destinations,
    senders,
    credentials,
    variables: found?.variables ?? {},
    unknown: [
      ...(found?.unknown ?? []),
      ...unknownSenderTexts(senderNames, found?.senders ?? {}).map((name) => `senders/${name}`),
    ],
  };
}

function isSame(one: Readings, other: Readings): boolean {
  const text = ({ texts, destinations, senders, variables }: Readings) =>
    JSON.stringify([texts, destinations, senders, variables]);
  return text(one) === text(other);
}

/** What let nobody in but some must not let everybody in because a parameter was removed or misspelt. */
function lostRestrictions(before: Config, after: Config): readonly string[] {
  return settingKeys.flatMap((key) => {
    const { restricts, env }: Setting = settings[key];
    if (!restricts || before[key] === undefined || after[key] !== undefined) return [];
    return `${env} was set and is not any more: what is in force stays. To take it away, set it to the word none.`;
  });
}

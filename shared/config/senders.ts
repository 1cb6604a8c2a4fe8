import type { SenderCredential } from "../http/auth.ts";
import { secret } from "../secret.ts";
import type { Sender } from "../sender.ts";
import { signalNames } from "../signal.ts";
import { namedDestinations } from "./destination-settings.ts";
import { parseValue, type SettingValue } from "./parse-value.ts";
import type { Config } from "./resolve.ts";
import {
  defaultSender,
  pairOf,
  type SenderKey,
  type SenderRow,
  senderKeys,
  senderRows,
  senderVariable,
} from "./sender-settings.ts";

/** Counters are kept by sender: their number is bounded. */
const maxSenders = 100;

type Settings = Pick<Config, "senders" | "senderTokens" | "destinations" | "pipeline" | "pipelineFile">;

/** Who may send, out of the settings and the senders' own texts, or everything that is wrong with them. */
export function resolveSenders(
  config: Settings,
  texts: Readonly<Record<string, string>>,
): { readonly credentials: readonly SenderCredential[]; readonly problems: readonly string[] } {
  const names = config.senders ?? [];
  const problems: string[] = [];
  if (names.length > maxSenders)
    problems.push(`SLUICE_SENDERS names ${names.length}: at most ${maxSenders} are kept apart.`);
  const named = [...new Set(names)].slice(0, maxSenders).flatMap((name) => {
    const { sender, credentials } = read(name, texts, { config, problems });
    if (credentials.length === 0) {
      problems.push(
        `The sender ${name} has no way in: set ${senderVariable(name, "tokens")} or ${senderVariable(name, "principals")}.`,
      );
    }
    return credentials.map((each) => ({ sender, ...each }));
  });
  const credentials = [...named, ...defaultsOf(texts, { config, problems, isOpen: named.length === 0 })];
  problems.push(...sharedTokens(credentials));
  return { credentials: problems.length > 0 ? [] : credentials, problems };
}

interface Context {
  readonly config: Settings;
  readonly problems: string[];
}

/** The old list is the tokens of the sender `default`; where nobody has any, whoever sends is that sender. */
function defaultsOf(
  texts: Readonly<Record<string, string>>,
  { isOpen, ...context }: Context & { readonly isOpen: boolean },
): readonly SenderCredential[] {
  const { senderTokens = [] } = context.config;
  const { sender, credentials, isSet } = read(defaultSender, texts, context);
  const tokens = senderTokens.map((token) => ({ sender, token }));
  const others = credentials.map((each) => ({ sender, ...each }));
  if (tokens.length + others.length > 0) return [...tokens, ...others];
  return isOpen && isSet ? [{ sender, anyone: true }] : [];
}

type Way = SenderCredential extends infer Each ? (Each extends unknown ? Omit<Each, "sender"> : never) : never;

function read(
  name: string,
  texts: Readonly<Record<string, string>>,
  { config, problems }: Context,
): {
  readonly sender: Sender;
  readonly credentials: readonly Exclude<Way, { anyone: true }>[];
  readonly isSet: boolean;
} {
  const values: Partial<Record<SenderKey, SettingValue>> = {};
  let isSet = false;
  for (const key of senderKeys) {
    const row: SenderRow = senderRows[key];
    const given = texts[`${name}/${key}`];
    const text = given ?? row.default;
    if (text === undefined) continue;
    isSet ||= given !== undefined;
    const env = senderVariable(name, key);
    const parsed = parseValue({ ...row, env }, text);
    if (parsed.kind === "bad") problems.push(`${env} must ${parsed.must}.`);
    else values[key] = parsed.value;
  }
  const destinations = listOf(values.destinations);
  if (destinations.length > 0) problems.push(...problemsOfDestinations(name, destinations, config));
  const { tenant, burst, weight, "max-bytes-per-second": maxBytes, "max-items-per-second": maxItems } = values;
  const sender: Sender = {
    name,
    ...(typeof tenant === "string" && { tenant }),
    ...(destinations.length > 0 && { destinations }),
    attributes: new Map(listOf(values.attributes).map(pairOf)),
    rates: {
      ...(typeof maxBytes === "number" && { maxBytesPerSecond: maxBytes }),
      ...(typeof maxItems === "number" && { maxItemsPerSecond: maxItems }),
      burstMs: Number(burst ?? 0),
    },
    weight: Number(weight ?? 1),
  };
  const credentials = [
    ...listOf(values.tokens).map((token) => ({ token: secret(token) })),
    ...listOf(values.principals).map((principal) => ({ principal })),
  ];
  return { sender, credentials, isSet };
}

/** What a sender sends must have somewhere to go, whichever signal it is. */
function problemsOfDestinations(name: string, chosen: readonly string[], config: Settings): readonly string[] {
  const variable = senderVariable(name, "destinations");
  if (config.pipeline !== undefined || config.pipelineFile !== undefined)
    return [
      `${variable} is set, but the pipeline says where telemetry goes: set ${senderVariable(name, "attributes")}, and let the pipeline filter by them.`,
    ];
  const known = [{ name: "grafana-cloud", signals: signalNames }, ...namedDestinations(config.destinations)];
  const unknown = chosen.filter((each) => !known.some((one) => one.name === each));
  if (unknown.length > 0)
    return [`${variable} names ${unknown.join(", ")}: there are ${known.map((one) => one.name).join(", ")}.`];
  const taken = known.filter((one) => chosen.includes(one.name)).flatMap(({ signals }) => signals);
  const lost = signalNames.filter((signal) => !taken.includes(signal));
  return lost.length === 0
    ? []
    : [`${variable} leaves ${lost.join(" and ")} of ${name} without a destination: name one that takes them.`];
}

function sharedTokens(credentials: readonly SenderCredential[]): readonly string[] {
  const owners = new Map<string, Set<string>>();
  for (const each of credentials) {
    if (!("token" in each)) continue;
    const token = each.token.reveal();
    owners.set(token, (owners.get(token) ?? new Set()).add(each.sender.name));
  }
  return [...owners.values()]
    .filter((names) => names.size > 1)
    .map((names) => `The senders ${[...names].join(" and ")} have the same token: a token tells one from the other.`);
}

function listOf(value: SettingValue | undefined): readonly string[] {
  return Array.isArray(value) ? value : [];
}

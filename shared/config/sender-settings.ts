import type { Setting } from "./setting.ts";

/** A row below `senders/<name>/`; its environment variable is `SLUICE_SENDER_<NAME>_…`. */
export type SenderRow = Omit<Setting, "env" | "ssm">;

/** What can be said of a sender: rows of `docs/senders.md`. */
export const senderRows = {
  tokens: { type: "list", secret: true, token: true, help: "Bearer tokens, several at once for rotation" },
  principals: {
    type: "list",
    entry: problemOfPrincipal,
    help: "ARNs of IAM that are this sender at a function URL with IAM; a * at the end stands for whatever follows",
  },
  tenant: {
    type: "string",
    pattern: { matches: /^[\x21-\x7e]{1,150}$/, must: "be one word without blanks, at most 150 characters" },
    help: "Tenant: the header X-Scope-OrgID of what is delivered",
  },
  destinations: { type: "list", help: "Which destinations get its telemetry; unset: all" },
  attributes: {
    type: "list",
    entry: problemOfAttribute,
    help: "Resource attributes, each name=value, that replace what the resource says",
  },
  "max-bytes-per-second": {
    type: "bytes",
    min: 1,
    max: 1_099_511_627_776,
    help: "Most bytes a second, as uncompressed protobuf",
  },
  "max-items-per-second": {
    type: "integer",
    min: 1,
    max: 1_000_000_000,
    help: "Most spans, data points and log records a second",
  },
  burst: {
    type: "duration",
    default: "10s",
    min: 1000,
    max: 3_600_000,
    help: "How long a silence may be made up for at once",
  },
  weight: {
    type: "integer",
    default: "1",
    min: 1,
    max: 1000,
    help: "Its part, beside the others', of the memory that the daemon keeps free for each sender",
  },
} as const satisfies Record<string, SenderRow>;

export type SenderKey = keyof typeof senderRows;

export const senderKeys = Object.keys(senderRows) as readonly SenderKey[];

/** The sender of `SLUICE_SENDER_TOKENS`, and of those who need no token where there is none. */
export const defaultSender = "default";
const namePattern = /^[a-z][a-z0-9-]{0,62}$/;

/** A setting of a sender by its key; undefined where there is none of that key. */
export function senderSetting(name: string, key: string): Omit<Setting, "ssm"> | undefined {
  return Object.hasOwn(senderRows, key)
    ? { ...senderRows[key as SenderKey], env: senderVariable(name, key) }
    : undefined;
}

/** What is wrong with an entry of `SLUICE_SENDERS`. */
export function problemOfSender(entry: string): string | undefined {
  if (!namePattern.test(entry)) return "name senders by small letters, digits and hyphens";
  return entry === defaultSender
    ? `not name ${defaultSender}, which is the sender of SLUICE_SENDER_TOKENS and always there`
    : undefined;
}

/** The settings of senders in an environment, by `<name>/<key>`. */
export function senderTextsOf(
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const found = [...names, defaultSender].flatMap((name) =>
    senderKeys.flatMap((key): [string, string][] => {
      const text = env[senderVariable(name, key)];
      return text === undefined || text.trim() === "" ? [] : [[`${name}/${key}`, text]];
    }),
  );
  return Object.fromEntries(found);
}

/** Whether a variable of the environment is a setting of a sender, whatever its name. */
export function isSenderVariable(variable: string): boolean {
  const [, rest = ""] = /^SLUICE_SENDER_[A-Z][A-Z0-9_]*?(_.*)$/.exec(variable) ?? [];
  return senderKeys.some((key) => rest.endsWith(`_${key.toUpperCase().replaceAll("-", "_")}`));
}

/** Names below `senders/` that no sender has: probably typing errors. */
export function unknownSenderTexts(names: readonly string[], texts: Readonly<Record<string, string>>): string[] {
  const known = new Set([...names, defaultSender].flatMap((name) => senderKeys.map((key) => `${name}/${key}`)));
  return Object.keys(texts).filter((name) => !known.has(name));
}

function problemOfPrincipal(entry: string): string | undefined {
  return /^arn:[a-z-]+:(iam|sts)::\d{12}:[^*]+\*?$/.test(entry)
    ? undefined
    : "be ARNs of IAM, such as arn:aws:sts::123456789012:assumed-role/checkout/*";
}

function problemOfAttribute(entry: string): string | undefined {
  const [name, value] = pairOf(entry);
  return name !== "" && value !== "" && entry.includes("=") ? undefined : "be a list of name=value";
}

/** Name and value of `name=value`. */
export function pairOf(entry: string): readonly [name: string, value: string] {
  const equals = entry.indexOf("=");
  return [entry.slice(0, equals).trim(), entry.slice(equals + 1).trim()];
}

/** The environment variable of a sender's setting. */
export function senderVariable(name: string, key: string): string {
  return `SLUICE_SENDER_${`${name}_${key}`.toUpperCase().replaceAll("-", "_")}`;
}

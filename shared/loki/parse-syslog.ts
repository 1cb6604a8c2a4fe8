import { compileLayout } from "./go-time.ts";
import { parseRfc3339 } from "./rfc3339.ts";
import { nearestYear } from "./time-format.ts";

/** A message of syslog; what it does not say is absent. */
export interface SyslogMessage {
  readonly severity: string;
  readonly facility: string;
  readonly timeUnixNano?: bigint;
  readonly hostname?: string;
  readonly appName?: string;
  readonly procId?: string;
  readonly msgId?: string;
  /** `id` → name → value. */
  readonly structuredData?: ReadonlyMap<string, ReadonlyMap<string, string>>;
  readonly message: string;
}

const severities = ["emergency", "alert", "critical", "error", "warning", "notice", "informational", "debug"];
const facilities = [
  ...["kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"],
  ...["ntp", "security", "console", "solaris-cron"],
  ...["local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"],
];
const maxPriority = 191;

/** Parses RFC 5424; undefined for other text. */
export function parseRfc5424(text: string): SyslogMessage | undefined {
  const head = /^<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) /.exec(text);
  if (head === null) return undefined;
  const [whole = "", priority = "", time = "", hostname = "", appName = "", procId = "", msgId = ""] = head;
  const named = priorityOf(priority);
  const data = structuredData(text, whole.length);
  const timeUnixNano = time === "-" ? undefined : parseRfc3339(time);
  if (named === undefined || data === undefined || (time !== "-" && timeUnixNano === undefined)) return undefined;
  const rest = text.slice(data.end);
  if (rest !== "" && !rest.startsWith(" ")) return undefined;
  return {
    ...named,
    ...(timeUnixNano !== undefined && { timeUnixNano }),
    ...given({ hostname, appName, procId, msgId }),
    ...(data.elements.size > 0 && { structuredData: data.elements }),
    message: rest.slice(1).replace(/^\ufeff/, ""),
  };
}

let now = 0;
const layout = compileLayout("Jan _2 15:04:05", undefined, (month) => nearestYear(month, now));

/**
 * Parses RFC 3164, `<34>Oct 11 22:14:15 host app[1]: text`, of the year that is nearest to `nowMs`; undefined for other text. What rsyslog
 * puts there by itself, a time of RFC 3339, is taken too.
 */
export function parseRfc3164(text: string, nowMs: number): SyslogMessage | undefined {
  const head =
    /^<(\d{1,3})>([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S{9,40}) (\S+) (?:([^\s:[\]]{1,48})(?:\[([^\]]*)\])?: ?)?/.exec(
      text,
    );
  if (head === null) return undefined;
  const [whole, priority = "", time = "", hostname = "", appName = "", procId = ""] = head;
  const named = priorityOf(priority);
  now = nowMs;
  const timeUnixNano = layout(time) ?? parseRfc3339(time);
  if (named === undefined || timeUnixNano === undefined) return undefined;
  return { ...named, timeUnixNano, ...given({ hostname, appName, procId }), message: text.slice(whole.length) };
}

function priorityOf(digits: string): { readonly severity: string; readonly facility: string } | undefined {
  const priority = Number(digits);
  if (priority > maxPriority) return undefined;
  return { severity: severities[priority & 7] ?? "", facility: facilities[priority >> 3] ?? "" };
}

function given(parts: Readonly<Record<string, string>>): Partial<SyslogMessage> {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== "" && value !== "-"));
}

interface StructuredData {
  readonly elements: Map<string, Map<string, string>>;
  readonly end: number;
}

/** `-`, or elements `[id name="value" …]` behind each other. */
function structuredData(text: string, from: number): StructuredData | undefined {
  const elements = new Map<string, Map<string, string>>();
  if (text[from] === "-") return { elements, end: from + 1 };
  let at = from;
  while (text[at] === "[") {
    const id = /[^\s=\]"]+/y;
    id.lastIndex = at + 1;
    const name = id.exec(text)?.[0];
    if (name === undefined) return undefined;
    at += 1 + name.length;
    const values = new Map<string, string>();
    const pair = / ([^\s=\]"]+)="((?:[^"\\\]]|\\[\s\S])*)"/y;
    pair.lastIndex = at;
    for (let found = pair.exec(text); found; found = pair.exec(text)) {
      values.set(found[1] ?? "", (found[2] ?? "").replace(/\\(["\\\]])/g, "$1"));
      at = pair.lastIndex;
    }
    if (text[at] !== "]") return undefined;
    elements.set(name, values);
    at += 1;
  }
  return at === from ? undefined : { elements, end: at };
}

/** An entry of a W3C tracestate. */
interface Entry {
  readonly key: string;
  readonly value: string;
}

const validKey = /^[a-z][a-z0-9_\-*/]{0,255}$|^[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13}$/;
const validValue = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const maxEntries = 32;

/** The value of a key, "" where there is none or the whole is not a tracestate. */
export function traceStateValue(state: string, key: string): string {
  return parse(state)?.find((entry) => entry.key === key)?.value ?? "";
}

/** A tracestate with an entry changed where it stands, or put in front; undefined when the entry is not valid. */
export function setTraceState(state: string, entry: Entry): string | undefined {
  if (!validKey.test(entry.key) || !validValue.test(entry.value)) return undefined;
  const entries = parse(state);
  if (!entries) return undefined;
  const isKnown = entries.some(({ key }) => key === entry.key);
  const changed = isKnown
    ? entries.map((each) => (each.key === entry.key ? entry : each))
    : [entry, ...entries].slice(0, maxEntries);
  return changed.map(({ key, value }) => `${key}=${value}`).join(",");
}

function parse(state: string): Entry[] | undefined {
  const entries: Entry[] = [];
  for (const part of state.split(",")) {
    const member = part.trim();
    if (member === "") continue;
    const equals = member.indexOf("=");
    const entry = { key: member.slice(0, equals), value: member.slice(equals + 1) };
    if (equals < 0 || !validKey.test(entry.key) || !validValue.test(entry.value)) return undefined;
    entries.push(entry);
  }
  return entries;
}

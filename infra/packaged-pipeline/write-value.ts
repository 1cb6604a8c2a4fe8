type Writable =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly unknown[]
  | ReadonlyMap<unknown, unknown>
  | Readonly<Record<string, unknown>>;

/** A value that is data alone, as an expression of JavaScript. */
export function writeValue(value: unknown): string {
  const given = value as Writable;
  if (typeof given === "bigint") return `${given}n`;
  if (typeof given === "number" || given === undefined) return Object.is(given, -0) ? "-0" : String(given);
  if (given === null || typeof given !== "object") return JSON.stringify(given);
  if (given instanceof Uint8Array) return `Uint8Array.of(${[...given].join(", ")})`;
  if (given instanceof Map) return `new Map(${writeValue([...given])})`;
  if (Array.isArray(given)) return `[${given.map(writeValue).join(", ")}]`;
  return `{ ${Object.entries(given)
    .map(([name, each]) => `${nameOf(name)}: ${writeValue(each)}`)
    .join(", ")} }`;
}

function nameOf(name: string): string {
  // `__proto__: …` would set a prototype.
  return name === "__proto__" ? '["__proto__"]' : /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}

/** Arguments as a fixture has them, as the body of a component: an object is a block, a list of objects several. */
export function alloyBody(args: Readonly<Record<string, unknown>>): string {
  return Object.entries(args)
    .flatMap(([name, value]) => {
      if (Array.isArray(value) && value.some(isObject)) return value.map((each) => blockOf(name, each));
      return [isObject(value) ? blockOf(name, value) : `${name} = ${JSON.stringify(value)}`];
    })
    .join("\n");
}

function blockOf(name: string, body: Readonly<Record<string, unknown>>): string {
  return `${name} {\n${alloyBody(body)}\n}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

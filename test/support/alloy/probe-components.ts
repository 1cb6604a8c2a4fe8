import { type ComponentDefinition, defineComponent } from "../../../daemon/controller/component.ts";
import { attribute, required, table } from "../../../shared/alloy/arguments.ts";
import { capsule, list } from "../../../shared/alloy/composite-types.ts";
import { any, int } from "../../../shared/alloy/plain-types.ts";
import { string } from "../../../shared/alloy/text-types.ts";
import type { Value } from "../../../shared/alloy/value.ts";

/** What a probe hands out: it notes what it gets. */
export interface Probe {
  take(text: string): void;
}

export const probeCapsule = capsule<Probe>("test.Probe");

/** Components for tests of the controller: they write down what happens to them. */
export function probeComponents(journal: string[]): ReadonlyMap<string, ComponentDefinition> {
  const setters = new Map<string, (value: Value) => void>();
  const source = defineComponent({
    name: "test.source",
    stability: "generally-available",
    arguments: table({ value: attribute(any), fail: attribute(string) }),
    exports: { value: any },
    build({ value, fail }, { id, setExports }) {
      if (fail !== "") throw new Error(fail);
      journal.push(`build ${id}`);
      setters.set(id, (next) => setExports({ value: next }));
      return {
        exports: { value },
        update(args) {
          if (args.fail !== "") throw new Error(args.fail);
          journal.push(`update ${id}`);
          setExports({ value: args.value });
        },
      };
    },
  });
  const sink = defineComponent({
    name: "test.sink",
    stability: "generally-available",
    arguments: table(
      { to: attribute(list(probeCapsule)), text: attribute(string), count: attribute(int) },
      { validate: ({ count }) => (count > 9 ? "count must not be greater than 9" : undefined) },
    ),
    exports: { receiver: probeCapsule },
    build({ text }, { id, setHealth }) {
      journal.push(`build ${id} ${text}`);
      return {
        exports: { receiver: { take: (told) => journal.push(`${id} got ${told}`) } },
        async run(abort) {
          journal.push(`run ${id}`);
          if (text === "broken") throw new Error("no port");
          await new Promise((resolve) => abort.addEventListener("abort", resolve, { once: true }));
          journal.push(`stop ${id}`);
        },
        update(args) {
          journal.push(`update ${id} ${args.text}`);
          setHealth(args.text === "sick" ? "unhealthy" : "healthy", args.text);
        },
      };
    },
  });
  const experimental = defineComponent({
    name: "test.experimental",
    stability: "experimental",
    arguments: table({ x: required(int) }),
    exports: {},
    build: () => ({ exports: {}, update() {} }),
  });
  const components = new Map<string, ComponentDefinition>();
  for (const each of [source, sink, experimental] as readonly ComponentDefinition[]) components.set(each.name, each);
  exportSetters.set(components, setters);
  return components;
}

const exportSetters = new WeakMap<object, Map<string, (value: Value) => void>>();

/** Changes what a `test.source` exports. */
export function setExported(components: object, id: string, value: Value): void {
  exportSetters.get(components)?.get(id)?.(value);
}

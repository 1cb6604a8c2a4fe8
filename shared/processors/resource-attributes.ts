import { type AnyValue, keyOf } from "../edit/any-value.ts";
import { editRequest } from "../edit/edit-request.ts";
import type { Process } from "./processor.ts";

/**
 * Merges attributes of the surroundings, as resourcedetection finds them, into every resource: with `override` they
 * replace what is there, without it they are added where they are missing.
 */
export function createResourceMerge(
  found: ReadonlyMap<string, AnyValue>,
  { override }: { override: boolean },
): Process {
  const entries = [...found].map(([name, value]) => ({ key: keyOf(name), value }));
  return (bytes, signal) => {
    if (entries.length === 0) return { kind: "passed", bytes, droppedItems: 0 };
    const edited = editRequest(bytes, signal, {
      level: "resource",
      visit: ({ resource }) => {
        const attributes = resource.map(1);
        for (const { key, value } of entries) {
          const known = attributes.get(key);
          if (known === undefined || (override && known !== value)) attributes.set(key, value);
        }
        return true;
      },
    });
    return { kind: "passed", bytes: edited.bytes, droppedItems: 0 };
  };
}

import type { MetaLine } from "../exposition/exposition-meta.ts";
import type { MetricMetadata, MetricType } from "../sample.ts";

const maxFamilies = 100_000;

/** Puts the lines about families together. */
export interface FamilyMetadata {
  read(line: MetaLine): void;
  /** The type that a family was said to have. */
  typeOf(family: string): MetricType | undefined;
  /** Families with something new since the last call. */
  changed(): MetricMetadata[];
}

/** Remembers what is known about the families of one target. */
export function createFamilyMetadata(): FamilyMetadata {
  const families = new Map<string, MetricMetadata>();
  const changes = new Set<string>();
  return {
    read(line) {
      if (line.kind === "comment" || line.kind === "end") {
        return;
      }
      const known = families.get(line.family) ?? { family: line.family, type: "unknown", help: "", unit: "" };
      const next = line.kind === "type" ? { ...known, type: line.type } : { ...known, [line.kind]: line.text };
      if (families.size < maxFamilies || families.has(line.family)) {
        families.set(line.family, next);
        changes.add(line.family);
      }
    },
    typeOf: (family) => families.get(family)?.type,
    changed() {
      const out = [...changes].flatMap((family) => families.get(family) ?? []);
      changes.clear();
      return out;
    },
  };
}

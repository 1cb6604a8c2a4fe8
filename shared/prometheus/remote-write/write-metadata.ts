import type { MetricMetadata } from "../sample.ts";
import { WriteRequestWriter } from "./write-request-writer.ts";

const maxKept = 100_000;

/** What the series of a family have behind its name. */
const suffixes = ["_bucket", "_count", "_sum", "_total", "_created", "_gcount", "_gsum", "_info"];

/** What is known about families, for an endpoint that wants it from time to time. */
export interface MetadataTable {
  add(metadata: readonly MetricMetadata[]): void;
  /** What is known about the family of a series, by the name of the series. */
  of(name: string): MetricMetadata | undefined;
  /** Everything, as requests of remote write 1.0. */
  requests(maxFamilies: number): readonly { readonly bytes: Uint8Array; readonly families: number }[];
}

/** Keeps the newest metadata of each family. */
export function createMetadataTable(): MetadataTable {
  const families = new Map<string, MetricMetadata>();
  return {
    add(metadata) {
      for (const each of metadata) {
        if (families.size < maxKept || families.has(each.family)) {
          families.set(each.family, each);
        }
      }
    },
    of(name) {
      const known = families.get(name);
      if (known) return known;
      const suffix = suffixes.find((each) => name.endsWith(each));
      return suffix === undefined ? undefined : families.get(name.slice(0, -suffix.length));
    },
    requests(maxFamilies) {
      const all = [...families.values()];
      const writer = new WriteRequestWriter();
      const out: { readonly bytes: Uint8Array; readonly families: number }[] = [];
      for (let from = 0; from < all.length; from += maxFamilies) {
        const part = all.slice(from, from + maxFamilies);
        for (const each of part) {
          writer.addMetadata(each);
        }
        out.push({ bytes: writer.finish(), families: part.length });
      }
      return out;
    },
  };
}

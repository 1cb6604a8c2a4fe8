import type { Table } from "../../alloy/arguments.ts";
import { cri } from "./cri.ts";
import { decolorize } from "./decolorize.ts";
import { docker } from "./docker.ts";
import { drop } from "./drop.ts";
import { json } from "./json.ts";
import { labelDrop } from "./label-drop.ts";
import { labelKeep } from "./label-keep.ts";
import { labels } from "./labels.ts";
import { limit } from "./limit.ts";
import { logfmt } from "./logfmt.ts";
import { luhn } from "./luhn.ts";
import { match } from "./match.ts";
import { metrics } from "./metrics.ts";
import { multiline } from "./multiline.ts";
import { output } from "./output.ts";
import { pack } from "./pack.ts";
import { pattern } from "./pattern.ts";
import { regex } from "./regex.ts";
import { replace } from "./replace.ts";
import { sampling } from "./sampling.ts";
import { splitJson } from "./split-json.ts";
import type { StageKind } from "./stage.ts";
import { staticLabels } from "./static-labels.ts";
import { structuredMetadata } from "./structured-metadata.ts";
import { structuredMetadataDrop } from "./structured-metadata-drop.ts";
import { template } from "./template.ts";
import { tenant } from "./tenant.ts";
import { timestamp } from "./timestamp.ts";
import { truncate } from "./truncate.ts";

const kinds: Record<string, StageKind> = {
  cri,
  decolorize,
  docker,
  drop,
  json,
  label_drop: labelDrop,
  label_keep: labelKeep,
  labels,
  limit,
  logfmt,
  luhn,
  metrics,
  multiline,
  output,
  pack,
  pattern,
  regex,
  replace,
  sampling,
  split_json: splitJson,
  static_labels: staticLabels,
  structured_metadata: structuredMetadata,
  structured_metadata_drop: structuredMetadataDrop,
  template,
  tenant,
  timestamp,
  truncate,
};

/** Every stage of loki.process by its name behind `stage.`. */
export const stageKinds: Readonly<Record<string, StageKind>> = kinds;

/** The argument tables of all stages, for the family `stage` of blocks. */
export const stageTables: Record<string, Table> = Object.fromEntries(
  Object.entries(kinds).map(([name, kind]) => [name, kind.arguments]),
);

// A match holds stages, itself included.
kinds.match = match(stageTables);
stageTables.match = kinds.match.arguments;

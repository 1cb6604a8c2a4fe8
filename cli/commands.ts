import type { Command } from "./command.ts";
import { configGet } from "./config/get.ts";
import { configList } from "./config/list.ts";
import { configPut } from "./config/put.ts";
import { configValidate } from "./config/validate.ts";
import { daemon } from "./daemon.ts";
import { deadLettersDiscard } from "./dead-letters/discard.ts";
import { deadLettersExport } from "./dead-letters/export.ts";
import { deadLettersList } from "./dead-letters/list.ts";
import { deadLettersReplay } from "./dead-letters/replay.ts";
import { deadLettersShow } from "./dead-letters/show.ts";
import { doctor } from "./doctor/doctor.ts";
import { status } from "./status/status.ts";
import { version } from "./version.ts";

/** Every command, in the order of `sluice --help`: one file each. */
export const commands: readonly Command[] = [
  configList,
  configGet,
  configPut,
  configValidate,
  doctor,
  status,
  deadLettersList,
  deadLettersShow,
  deadLettersExport,
  deadLettersReplay,
  deadLettersDiscard,
  daemon,
  version,
];

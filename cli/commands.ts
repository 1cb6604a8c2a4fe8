import type { Command } from "./command.ts";
import { configGet } from "./config-get.ts";
import { configList } from "./config-list.ts";
import { configPut } from "./config-put.ts";
import { configValidate } from "./config-validate.ts";
import { daemon } from "./daemon.ts";
import { doctor } from "./doctor.ts";
import { status } from "./status.ts";
import { version } from "./version.ts";

/** Every command, in the order of `sluice --help`: one file each. */
export const commands: readonly Command[] = [
  configList,
  configGet,
  configPut,
  configValidate,
  doctor,
  status,
  daemon,
  version,
];

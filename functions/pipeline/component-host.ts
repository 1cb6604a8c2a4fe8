import { createComponentPages } from "../../daemon/controller/component-pages.ts";
import type { ComponentHost } from "../../daemon/controller/graph-host.ts";
import { createLiveDebugging } from "../../daemon/controller/live-debugging.ts";
import type { OpenEgress } from "../../daemon/egress/open-egress.ts";
import { egressService } from "../../daemon/egress/services.ts";
import type { Host } from "../../shared/alloy/library/host.ts";
import { type Intake, intakeService } from "./intake.ts";
import { createServices } from "./services.ts";

export interface ComponentHostOptions extends Pick<ComponentHost, "emit" | "metrics" | "clock" | "random"> {
  readonly intake: Intake;
  readonly openEgress: OpenEgress;
}

const hostname = "lambda";
const shutdownDeadlineMs = 1000;

/** What the components of a function share. */
export function componentHost({
  emit,
  metrics,
  clock,
  random,
  intake,
  openEgress,
}: ComponentHostOptions): ComponentHost {
  return {
    stability: "experimental",
    emit,
    metrics,
    debugging: createLiveDebugging(),
    clock,
    random,
    hostname,
    storagePath: "",
    pages: createComponentPages(""),
    shutdownDeadlineMs,
    service: createServices([
      [intakeService, intake],
      [egressService, openEgress],
    ]),
  };
}

/** What the standard library tells of a function; `variable` is what `sys.env` finds. */
export function libraryHost(variable: Host["env"]): Host {
  return {
    env: variable,
    constants: { hostname, os: "linux", arch: process.arch === "arm64" ? "arm64" : "amd64", version: "" },
  };
}

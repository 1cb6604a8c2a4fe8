import { createController } from "../../daemon/controller/controller.ts";
import { reportDiagnostics } from "../../shared/alloy/report.ts";
import { createSource } from "../../shared/alloy/source.ts";
import type { Accept } from "../../shared/batch/accept.ts";
import type { Destinations } from "../../shared/delivery/destination.ts";
import { type FunctionHostOptions, functionHost } from "./function-host.ts";
import { createIntake } from "./intake.ts";
import { createQueuedEgress } from "./queued-egress.ts";

/** A pipeline of a function: `config.alloy` from its receivers down to one envelope for each of its destinations. */
export interface FunctionPipeline {
  readonly accept: Accept;
  /** The destinations of its exporters, by the exporters' ids. */
  readonly destinations: Destinations;
  /** Loads it, or another version of it; a bad one changes nothing. Answers with what is wrong, for a person. */
  load(text: string): Promise<string | undefined>;
  /** What would be wrong with it, without loading it. */
  check(text: string): Promise<string | undefined>;
}

export type FunctionPipelineOptions = Omit<FunctionHostOptions, "intake" | "openEgress"> & {
  /** Puts requests for a destination into the queue. */
  readonly enqueueFor: (destination: string) => Accept;
};

/** The name that diagnostics give to the text. */
const sourceName = "pipeline.alloy";

/** A pipeline for one function: its graph is loaded once and serves every invocation. */
export function createFunctionPipeline({ enqueueFor, ...options }: FunctionPipelineOptions): FunctionPipeline {
  const intake = createIntake();
  const egress = createQueuedEgress(enqueueFor);
  const controller = createController(functionHost({ ...options, intake, openEgress: egress.open }));
  const told = async (text: string, verb: "load" | "check"): Promise<string | undefined> => {
    const source = createSource(sourceName, text);
    const outcome = await controller[verb]([source]);
    if (outcome.kind === "loaded") return undefined;
    return reportDiagnostics(outcome.diagnostics, { sources: new Map([[sourceName, source]]), color: false });
  };

  return {
    accept: intake.accept,
    destinations: egress.destinations,
    load: (text) => told(text, "load"),
    check: (text) => told(text, "check"),
  };
}

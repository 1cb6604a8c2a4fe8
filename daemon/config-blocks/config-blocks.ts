import type { ConfigBlock } from "../controller/config-block.ts";
import type { LiveDebuggingSettings } from "../controller/live-debugging.ts";
import { type HttpSettings, httpBlock } from "./http.ts";
import { livedebuggingBlock } from "./livedebugging.ts";
import { type LoggingSettings, loggingBlock } from "./logging.ts";
import { remotecfgBlock } from "./remotecfg.ts";
import { type TracingSettings, tracingBlock } from "./tracing.ts";

/** What the blocks act on. */
export interface ProcessControls {
  setLogging(settings: LoggingSettings): void;
  setHttp(settings: HttpSettings): void | Promise<void>;
  setTracing(settings: TracingSettings): void;
  setLiveDebugging(settings: LiveDebuggingSettings): void;
}

/** For who only reads the blocks. */
export const noControls: ProcessControls = { setLogging() {}, setHttp() {}, setTracing() {}, setLiveDebugging() {} };

/** Every block that configures the process. */
export function configBlocks({
  setLogging,
  setHttp,
  setTracing,
  setLiveDebugging,
}: ProcessControls): ReadonlyMap<string, ConfigBlock> {
  const all: readonly ConfigBlock[] = [
    loggingBlock(setLogging),
    tracingBlock(setTracing),
    httpBlock(setHttp),
    livedebuggingBlock(setLiveDebugging),
    remotecfgBlock,
  ] as readonly ConfigBlock[];
  return new Map(all.map((block) => [block.name, block]));
}

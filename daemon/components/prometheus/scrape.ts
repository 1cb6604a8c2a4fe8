import { table } from "../../../shared/alloy/arguments.ts";
import { fanOutSamples } from "../../../shared/prometheus/fan-out.ts";
import { formatPrometheusDuration } from "../../../shared/prometheus/prometheus-duration.ts";
import { type ComponentContext, defineComponent } from "../../controller/component.ts";
import { httpClientProblem } from "../blocks/http-client.ts";
import { protocolProblem, type ScrapeArgs, scrapeFields } from "./scrape-arguments.ts";
import { createScrapePool, type ScrapePool } from "./scrape-pool.ts";

const hints = {
  relabel: "A scrape does not relabel: use discovery.relabel for targets, or prometheus.relabel for samples.",
  rule: "A scrape does not relabel: use discovery.relabel for targets, or prometheus.relabel for samples.",
};

/** Fetches expositions from targets and sends their samples on. */
export const scrape = defineComponent({
  name: "prometheus.scrape",
  stability: "generally-available",
  arguments: table(scrapeFields, { hints, validate: problemOf }),
  exports: {},
  build(args, context: ComponentContext<Readonly<Record<never, never>>>) {
    const pool: ScrapePool = createScrapePool(args, fanOutSamples(args.forward_to), context);
    return {
      exports: {},
      run: (abort) => pool.run(abort),
      update(next) {
        pool.update(next, fanOutSamples(next.forward_to));
      },
      debugInfo: () => ({ target: pool.targets() }),
    };
  },
});

function problemOf(args: ScrapeArgs): string | undefined {
  const job = ` for scrape config with job name ${JSON.stringify(args.job_name)}`;
  const { scrape_interval: intervalMs, scrape_timeout: timeoutMs } = args;
  if (intervalMs <= 0) {
    return "scrape_interval must be greater than 0";
  }
  if (timeoutMs <= 0) {
    return "scrape_timeout must be greater than 0";
  }
  if (timeoutMs > intervalMs) {
    return `scrape_timeout (${formatPrometheusDuration(timeoutMs)}) greater than scrape_interval (${formatPrometheusDuration(intervalMs)})${job}`;
  }
  return protocolProblem(args) ?? httpClientProblem(args);
}

import { isDeepStrictEqual } from "node:util";
import { errorText } from "../../../shared/error-text.ts";
import { createScrapeClient, type ScrapeResponse } from "../../../shared/node/scrape-client.ts";
import { acceptHeader, negotiateFormat } from "../../../shared/prometheus/exposition-format.ts";
import type { SampleReceiver } from "../../../shared/prometheus/sample.ts";
import { makeScrapeTarget, type ScrapeTarget } from "../../../shared/prometheus/scrape-target.ts";
import type { ScrapeAnswer } from "../../../shared/prometheus/target-scrape.ts";
import { userAgent } from "../../../shared/user-agent.ts";
import type { ComponentContext } from "../../controller/component.ts";
import { type HttpClientOptions, httpClientOptions } from "../blocks/http-client-options.ts";
import type { ScrapeArgs } from "./scrape-arguments.ts";
import { type ScrapeLoop, startScrapeLoop } from "./scrape-loop.ts";

/** The targets of one component, each with a loop of its own. */
export interface ScrapePool {
  run(abort: AbortSignal): Promise<void>;
  update(args: ScrapeArgs, receiver: SampleReceiver): void;
  /** What the admin page shows of each target. */
  targets(): readonly Readonly<Record<string, unknown>>[];
}

/** Answers of a target stay within what its job allows. */
const ANSWERS = { "user-agent": userAgent };

/** Starts and stops loops as targets come and go; a target that stays keeps its loop through an update. */
export function createScrapePool(
  first: ScrapeArgs,
  firstReceiver: SampleReceiver,
  context: Pick<ComponentContext<unknown>, "id" | "emit" | "metrics" | "clock" | "http">,
): ScrapePool {
  const { id, emit, metrics } = context;
  const loops = new Map<string, ScrapeLoop>();
  /** Loops of targets that are gone, until their stale markers are due. */
  const leaving = new Map<string, ScrapeLoop>();
  const stop = new AbortController();
  let args = first;
  let receiver = firstReceiver;
  let options = httpClientOptions(args, context.clock);
  let client = createScrapeClient(options.tls);
  let fixed = fixedHeaders(args);
  let isRunning = false;

  function sync(): void {
    const wanted = new Map<string, ScrapeTarget>();
    const job = {
      job: args.job_name === "" ? id : args.job_name,
      scheme: args.scheme,
      metricsPath: args.metrics_path,
      params: args.params,
      intervalMs: args.scrape_interval,
      timeoutMs: args.scrape_timeout,
    };
    for (const labels of args.targets) {
      const made = makeScrapeTarget(labels, job);
      if (made.kind === "rejected") {
        emit("target.refused", { target: labels.get("__address__") ?? "", message: made.reason });
      } else {
        wanted.set(made.target.key, made.target);
      }
    }
    for (const [key, loop] of loops) {
      if (!wanted.has(key)) {
        loops.delete(key);
        leave(key, loop);
      }
    }
    for (const [key, target] of wanted) {
      const known = loops.get(key) ?? leaving.get(key);
      leaving.delete(key);
      loops.set(
        key,
        known ?? startScrapeLoop(target, { ...context, args: () => args, receiver: () => receiver, fetch }),
      );
      known?.stay();
    }
    metrics.set("prometheus_scrape_targets_gauge", { component_id: id }, loops.size);
  }

  /** The same targets are scraped in another way: their series go on, so nothing ends. */
  function restart(): void {
    for (const loop of [...loops.values(), ...leaving.values()]) {
      void loop.stop();
    }
    loops.clear();
    leaving.clear();
  }

  function leave(key: string, loop: ScrapeLoop): void {
    leaving.set(key, loop);
    void loop.leave().then(() => {
      if (leaving.get(key) === loop) {
        leaving.delete(key);
      }
    });
  }

  async function fetch(target: ScrapeTarget, abort: AbortSignal): Promise<ScrapeAnswer> {
    if (args.target_limit > 0 && loops.size > args.target_limit) {
      const reason = `target_limit exceeded (number of targets: ${loops.size}, limit: ${args.target_limit})`;
      return { kind: "failed", reason };
    }
    const response = await get(target, abort);
    if (response.kind === "failed") {
      return response;
    }
    const format = negotiateFormat(response.contentType, args.scrape_fallback_protocol);
    if (format.kind === "failed") {
      return format;
    }
    return { kind: "body", body: response.body, format: format.format };
  }

  async function get(target: ScrapeTarget, abort: AbortSignal): Promise<ScrapeResponse> {
    const headers = await headersFor(target, fixed, options);
    if (typeof headers === "string") {
      return { kind: "failed", reason: headers };
    }
    if (target.address === context.http.memoryAddress) {
      return askOwn(target.path, headers);
    }
    return client.get({
      url: target.url,
      headers,
      timeoutMs: target.timeoutMs,
      maxBytes: args.body_size_limit,
      followRedirects: args.follow_redirects,
      abort,
    });
  }

  /** A target of this process: nothing leaves it. */
  async function askOwn(path: string, headers: Readonly<Record<string, string>>): Promise<ScrapeResponse> {
    const { "accept-encoding": _, ...plain } = headers;
    try {
      const answer = await context.http.request({ method: "GET", path, headers: plain, body: new Uint8Array(0) });
      if (answer.status !== 200) {
        return { kind: "failed", reason: `server returned HTTP status ${answer.status}` };
      }
      return { kind: "answered", status: 200, contentType: answer.headers["content-type"] ?? "", body: answer.body };
    } catch (error) {
      return { kind: "failed", reason: String(error) };
    }
  }

  return {
    async run(abort) {
      isRunning = true;
      sync();
      await new Promise<void>((resolve) => {
        if (abort.aborted) {
          resolve();
        }
        abort.addEventListener("abort", () => resolve(), { once: true });
      });
      stop.abort();
      await Promise.all([...loops.values(), ...leaving.values()].map((loop) => loop.stop()));
      client.close();
    },
    update(next, nextReceiver) {
      const isOther = !isDeepStrictEqual(withoutTargets(args), withoutTargets(next));
      options = httpClientOptions(next, context.clock);
      args = next;
      fixed = fixedHeaders(next);
      receiver = nextReceiver;
      if (args.tls_config || first.tls_config) {
        client.close();
        client = createScrapeClient(options.tls);
      }
      if (isOther) {
        restart();
      }
      if (isRunning) {
        sync();
      }
    },
    targets: () => [...loops.values()].map((loop) => loop.status()),
  };
}

async function headersFor(
  target: ScrapeTarget,
  fixed: Readonly<Record<string, string>>,
  options: HttpClientOptions,
): Promise<Readonly<Record<string, string>> | string> {
  let own: Readonly<Record<string, string>>;
  try {
    own = (await options.headers?.()) ?? {};
  } catch (error) {
    return `cannot get credentials: ${errorText(error)}`;
  }
  return {
    ...fixed,
    "x-prometheus-scrape-timeout-seconds": String(target.timeoutMs / 1_000),
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name.toLowerCase(), value])),
  };
}

/** What every scrape of a job asks for. */
function fixedHeaders(args: ScrapeArgs): Readonly<Record<string, string>> {
  const escaping =
    args.metric_name_escaping_scheme || (args.metric_name_validation_scheme === "utf8" ? "allow-utf-8" : "underscores");
  const wanted = args.scrape_protocols.filter((protocol) => protocol !== "PrometheusProto");
  const prefersProtobuf = args.scrape_native_histograms || args.scrape_protocols.length > wanted.length;
  return {
    ...ANSWERS,
    accept: acceptHeader(prefersProtobuf ? ["PrometheusProto", ...wanted] : wanted, escaping),
    "accept-encoding": args.enable_compression ? "gzip" : "identity",
  };
}

function withoutTargets({ targets: _, forward_to: __, ...others }: ScrapeArgs): object {
  return others;
}

import { isDeepStrictEqual } from "node:util";
import { errorText } from "../../../shared/error-text.ts";
import { createScrapeClient, type ScrapeResponse } from "../../../shared/node/http-client/scrape-client.ts";
import type { SampleReceiver } from "../../../shared/prometheus/sample.ts";
import { acceptHeader, negotiateFormat } from "../../../shared/prometheus/scrape/exposition-format.ts";
import { makeScrapeTarget, type ScrapeTarget } from "../../../shared/prometheus/scrape/scrape-target.ts";
import type { ScrapeAnswer } from "../../../shared/prometheus/scrape/target-scrape.ts";
import { userAgent } from "../../../shared/user-agent.ts";
import type { Cluster } from "../../controller/cluster.ts";
import type { ComponentContext } from "../../controller/component.ts";
import { clusterOf } from "../blocks/clustering.ts";
import { type HttpClientOptions, httpClientOptions } from "../blocks/http-client-options.ts";
import { protocolsOf, type ScrapeArgs } from "./scrape-arguments.ts";
import { type ScrapeLoop, startScrapeLoop } from "./scrape-loop.ts";

/** The targets of one component, each with a loop of its own. */
export interface ScrapePool {
  run(abort: AbortSignal): Promise<void>;
  update(args: ScrapeArgs, receiver: SampleReceiver): void;
  /** What the admin page shows of each target. */
  targets(): readonly Readonly<Record<string, unknown>>[];
}

/** Answers of a target stay within what its job allows. */
const answers = { "user-agent": userAgent };

type PoolContext = Pick<ComponentContext<unknown>, "id" | "emit" | "metrics" | "clock" | "http" | "service">;

/** Starts and stops loops as targets come and go; a target that stays keeps its loop through an update. */
export function createScrapePool(first: ScrapeArgs, firstReceiver: SampleReceiver, context: PoolContext): ScrapePool {
  return new LoopPool(first, firstReceiver, context);
}

class LoopPool implements ScrapePool {
  private readonly first: ScrapeArgs;
  private readonly context: PoolContext;
  private readonly loops = new Map<string, ScrapeLoop>();
  /** Loops of targets that are gone, until their stale markers are due. */
  private readonly leaving = new Map<string, ScrapeLoop>();
  private readonly stop = new AbortController();
  private args: ScrapeArgs;
  private receiver: SampleReceiver;
  private options: HttpClientOptions;
  private client: ReturnType<typeof createScrapeClient>;
  private fixed: Readonly<Record<string, string>>;
  private plain: { readonly timeoutMs: number; readonly headers: Readonly<Record<string, string>> } | undefined;
  private isRunning = false;
  private cluster: Cluster;
  private unwatch: () => void = () => {};

  constructor(first: ScrapeArgs, firstReceiver: SampleReceiver, context: PoolContext) {
    this.first = first;
    this.context = context;
    this.args = first;
    this.receiver = firstReceiver;
    this.options = httpClientOptions(this.args, context.clock);
    this.client = createScrapeClient(this.options.tls);
    this.fixed = fixedHeaders(this.args);
    this.cluster = clusterOf(first, context);
  }

  async run(abort: AbortSignal): Promise<void> {
    this.isRunning = true;
    this.watch();
    this.sync();
    await new Promise<void>((resolve) => {
      if (abort.aborted) {
        resolve();
      }
      abort.addEventListener("abort", () => resolve(), { once: true });
    });
    this.unwatch();
    this.stop.abort();
    await Promise.all([...this.loops.values(), ...this.leaving.values()].map((loop) => loop.stop()));
    this.client.close();
  }

  update(next: ScrapeArgs, nextReceiver: SampleReceiver): void {
    const isOther = !isDeepStrictEqual(withoutTargets(this.args), withoutTargets(next));
    this.options = httpClientOptions(next, this.context.clock);
    this.args = next;
    this.fixed = fixedHeaders(next);
    this.plain = undefined;
    this.receiver = nextReceiver;
    if (this.args.tls_config || this.first.tls_config) {
      this.client.close();
      this.client = createScrapeClient(this.options.tls);
    }
    if (isOther) {
      this.restart();
    }
    this.cluster = clusterOf(next, this.context);
    if (this.isRunning) {
      this.watch();
      this.sync();
    }
  }

  targets(): readonly Readonly<Record<string, unknown>>[] {
    return [...this.loops.values()].map((loop) => loop.status());
  }

  private watch(): void {
    this.unwatch();
    this.unwatch = this.cluster.onChange(() => this.sync());
  }

  private sync(): void {
    const wanted = new Map<string, ScrapeTarget>();
    const elsewhere = new Set<string>();
    const job = {
      job: this.args.job_name === "" ? this.context.id : this.args.job_name,
      scheme: this.args.scheme,
      metricsPath: this.args.metrics_path,
      params: this.args.params,
      intervalMs: this.args.scrape_interval,
      timeoutMs: this.args.scrape_timeout,
    };
    for (const labels of this.args.targets) {
      const made = makeScrapeTarget(labels, job);
      if (made.kind === "rejected") {
        this.context.emit("target.refused", { target: labels.get("__address__") ?? "", message: made.reason });
      } else if (made.target.address === this.context.http.memoryAddress || this.cluster.owns(made.target.key)) {
        // What is in this process nobody else can scrape.
        wanted.set(made.target.key, made.target);
      } else {
        elsewhere.add(made.target.key);
      }
    }
    for (const [key, loop] of this.loops) {
      if (!wanted.has(key)) {
        this.loops.delete(key);
        // Another member goes on with the series: they do not end.
        if (elsewhere.has(key)) void loop.stop();
        else this.leave(key, loop);
      }
    }
    for (const [key, target] of wanted) {
      const known = this.loops.get(key) ?? this.leaving.get(key);
      this.leaving.delete(key);
      this.loops.set(
        key,
        known ??
          startScrapeLoop(target, {
            ...this.context,
            args: () => this.args,
            receiver: () => this.receiver,
            fetch: (target, abort) => this.fetch(target, abort),
          }),
      );
      known?.stay();
    }
    this.context.metrics.set("prometheus_scrape_targets_gauge", { component_id: this.context.id }, this.loops.size);
  }

  /** The same targets are scraped in another way: their series go on, so nothing ends. */
  private restart(): void {
    for (const loop of [...this.loops.values(), ...this.leaving.values()]) {
      void loop.stop();
    }
    this.loops.clear();
    this.leaving.clear();
  }

  private leave(key: string, loop: ScrapeLoop): void {
    this.leaving.set(key, loop);
    void loop.leave().then(() => {
      if (this.leaving.get(key) === loop) {
        this.leaving.delete(key);
      }
    });
  }

  private async fetch(target: ScrapeTarget, abort: AbortSignal): Promise<ScrapeAnswer> {
    if (this.args.target_limit > 0 && this.loops.size > this.args.target_limit) {
      const reason = `target_limit exceeded (number of targets: ${this.loops.size}, limit: ${this.args.target_limit})`;
      return { kind: "failed", reason };
    }
    const response = await this.get(target, abort);
    if (response.kind === "failed") {
      return response;
    }
    const format = negotiateFormat(response.contentType, this.args.scrape_fallback_protocol);
    if (format.kind === "failed") {
      return { ...format, bodyBytes: response.body.length };
    }
    return { kind: "body", body: response.body, format: format.format };
  }

  private async get(target: ScrapeTarget, abort: AbortSignal): Promise<ScrapeResponse> {
    const headers = this.options.headers
      ? await headersFor(target, this.fixed, this.options.headers)
      : this.plainHeaders(target);
    if (typeof headers === "string") {
      return { kind: "failed", reason: headers };
    }
    if (target.address === this.context.http.memoryAddress) {
      return this.askOwn(target.path, headers);
    }
    return this.client.get({
      url: target.url,
      headers,
      timeoutMs: target.timeoutMs,
      maxBytes: this.args.body_size_limit,
      followRedirects: this.args.follow_redirects,
      abort,
    });
  }

  /** The same object for all targets while the job is the same. */
  private plainHeaders({ timeoutMs }: ScrapeTarget): Readonly<Record<string, string>> {
    if (this.plain?.timeoutMs !== timeoutMs) {
      this.plain = { timeoutMs, headers: withTimeout(this.fixed, timeoutMs) };
    }
    return this.plain.headers;
  }

  /** A target of this process: nothing leaves it. */
  private async askOwn(path: string, headers: Readonly<Record<string, string>>): Promise<ScrapeResponse> {
    const { "accept-encoding": _, ...plain } = headers;
    try {
      const answer = await this.context.http.request({ method: "GET", path, headers: plain, body: new Uint8Array(0) });
      if (answer.status !== 200) {
        return { kind: "failed", reason: `server returned HTTP status ${answer.status}` };
      }
      return { kind: "answered", status: 200, contentType: answer.headers["content-type"] ?? "", body: answer.body };
    } catch (error) {
      return { kind: "failed", reason: String(error) };
    }
  }
}

async function headersFor(
  target: ScrapeTarget,
  fixed: Readonly<Record<string, string>>,
  credentials: NonNullable<HttpClientOptions["headers"]>,
): Promise<Readonly<Record<string, string>> | string> {
  let own: Readonly<Record<string, string>>;
  try {
    own = await credentials();
  } catch (error) {
    return `cannot get credentials: ${errorText(error)}`;
  }
  return {
    ...withTimeout(fixed, target.timeoutMs),
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name.toLowerCase(), value])),
  };
}

function withTimeout(fixed: Readonly<Record<string, string>>, timeoutMs: number): Readonly<Record<string, string>> {
  return { ...fixed, "x-prometheus-scrape-timeout-seconds": String(timeoutMs / 1_000) };
}

/** What every scrape of a job asks for. */
function fixedHeaders(args: ScrapeArgs): Readonly<Record<string, string>> {
  const escaping =
    args.metric_name_escaping_scheme || (args.metric_name_validation_scheme === "utf8" ? "allow-utf-8" : "underscores");
  return {
    ...answers,
    accept: acceptHeader(protocolsOf(args), escaping),
    "accept-encoding": args.enable_compression ? "gzip" : "identity",
  };
}

function withoutTargets({ targets: _, forward_to: __, ...others }: ScrapeArgs): object {
  return others;
}

import { timingSafeEqual } from "node:crypto";
import type { HttpAnswer, HttpRequest } from "../../shared/http/message.ts";
import { textPage } from "../../shared/http/pages.ts";
import { foreignRequest } from "../../shared/http/same-origin.ts";
import type { RequestContext } from "../../shared/node/http-server/http-exchange.ts";
import { type MetricSeries, prometheusContentType, toPrometheus } from "../../shared/telemetry/prometheus.ts";
import type { Ui } from "../../ui/serve/ui.ts";
import type { DeadLettersPages } from "../admin/dead-letters.ts";
import type { HttpSettings } from "../config-blocks/http.ts";
import { componentsJson } from "../controller/component-json.ts";
import { type ComponentPages, decoded } from "../controller/component-pages.ts";
import type { Controller, LoadOutcome } from "../controller/controller.ts";
import type { ClusterNode } from "./cluster-node.ts";
import type { DebugPages } from "./debug-pages.ts";
import { loadErrorText } from "./load-error.ts";

export interface PagesOptions {
  readonly controller: Controller;
  readonly pages: ComponentPages;
  readonly debug: DebugPages;
  reload(): Promise<LoadOutcome>;
  snapshot(): readonly MetricSeries[];
  http(): HttpSettings;
  readonly deadLetters: DeadLettersPages;
  readonly cluster: Pick<ClusterNode, "peers" | "answer">;
  /** The pages for people, where a request is theirs. */
  readonly ui: Ui;
}

const web = "/api/v0/web/";

/** The pages of the admin port, with the paths, words and shapes of Grafana Alloy's. */
export function createPages(
  options: PagesOptions,
): (request: HttpRequest, context: Pick<RequestContext, "abort" | "head">) => Promise<HttpAnswer> {
  const { controller, pages, debug } = options;
  return async (request, { abort, head }) => {
    const { method, path } = request;
    const caller = callerOf(request, options.http());
    if (caller === "refused") return textPage(401, "", { "www-authenticate": 'Basic realm="Restricted"' });
    const greeted = options.cluster.answer(request);
    if (greeted) return greeted;
    if (options.deadLetters.owns(path)) return options.deadLetters.answer(request, caller === "known");
    const shown = await options.ui(request, caller === "known");
    if (shown) return shown;
    if (path.startsWith("/api/v0/component/")) return pages.request(request);
    if (path === "/-/reload" && (method === "GET" || method === "POST")) {
      // Alloy takes a GET as well, which an image on any page could send.
      const foreign = foreignRequest({ method: "POST", headers: request.headers }, "");
      return foreign === undefined ? reloaded(await options.reload()) : textPage(403, `${foreign}\n`);
    }
    if (method !== "GET" && method !== "HEAD") return textPage(404, "404 page not found\n");
    if (path === "/-/ready") {
      return controller.ready() ? textPage(200, "Alloy is ready.\n") : textPage(503, "Alloy is not ready.\n");
    }
    if (path === "/-/healthy") return healthy(controller.unhealthy());
    if (path === "/metrics") {
      return textPage(200, toPrometheus(options.snapshot()), { "content-type": prometheusContentType });
    }
    if (!path.startsWith(web)) return textPage(404, "404 page not found\n");
    const page = path.slice(web.length);
    const asked = { abort, query: new URLSearchParams(head.target.replace(/^[^?]*/, "")) };
    const [, kind, rest = ""] = /^(debug|graph)(?:\/(.+))?$/.exec(page) ?? [];
    if (kind !== undefined && method === "HEAD") return textPage(200, "");
    if (kind === "debug" && rest !== "") return debug.component(decoded(rest), asked);
    if (kind === "graph") return debug.graph(decoded(rest), asked);
    if (page === "peers") return json(options.cluster.peers());
    return webPage(page, controller);
  };
}

function webPage(path: string, controller: Controller): HttpAnswer {
  const module = /^modules\/(.+)\/components$/.exec(path);
  if (path === "components" || module) {
    const moduleId = module ? decoded(module[1] ?? "") : "";
    const nodes = controller.nodes(moduleId);
    return nodes ? json(componentsJson(nodes, { moduleId, details: false })) : textPage(404, "no such module\n");
  }
  if (path.startsWith("components/")) return componentPage(decoded(path.slice("components/".length)), controller);
  return textPage(404, "404 page not found\n");
}

function componentPage(id: string, controller: Controller): HttpAnswer {
  const slash = id.lastIndexOf("/");
  const moduleId = id.slice(0, Math.max(slash, 0));
  const nodes = controller.nodes(moduleId) ?? [];
  const found = componentsJson(nodes, { moduleId, details: true }).find(
    ({ localID }) => localID === id.slice(slash + 1),
  );
  return found ? json(found) : textPage(404, `component ${JSON.stringify(id)} does not exist\n`);
}

function healthy(names: readonly string[]): HttpAnswer {
  if (names.length === 0) return textPage(200, "All Alloy components are healthy.\n");
  return textPage(500, `unhealthy components: ${names.join(", ")}\n`);
}

function reloaded(outcome: LoadOutcome): HttpAnswer {
  return outcome.kind === "loaded"
    ? textPage(200, "config reloaded\n")
    : textPage(400, `${loadErrorText(outcome.diagnostics)}\n`);
}

/** Who asks for a page: the password is for the whole port where no filter says less. */
function callerOf({ path, headers }: HttpRequest, { auth }: HttpSettings): "known" | "anyone" | "refused" {
  const { basic, filter } = auth ?? {};
  if (!basic) return "anyone";
  const listed = filter?.paths.some((each) => path === each || path.startsWith(each)) ?? false;
  if (filter && filter.paths.length > 0 && listed !== filter.authenticate_matching_paths) return "anyone";
  const wanted = `Basic ${Buffer.from(`${basic.username}:${basic.password.reveal()}`).toString("base64")}`;
  const given = Buffer.from(headers.authorization ?? "");
  const expected = Buffer.from(wanted);
  return given.length === expected.length && timingSafeEqual(given, expected) ? "known" : "refused";
}

function json(data: unknown): HttpAnswer {
  return textPage(200, JSON.stringify(data), { "content-type": "application/json" });
}

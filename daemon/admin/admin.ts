import type { HttpAnswer, HttpRequest } from "../../shared/http/message.ts";
import { createHttpServer, type HttpServer } from "../../shared/node/http-server.ts";
import { prometheusContentType, toPrometheus } from "../../shared/telemetry/prometheus.ts";
import type { Daemon, Reloaded } from "../daemon.ts";

interface Page {
  readonly method: "GET" | "POST";
  readonly make: () => Promise<HttpAnswer> | HttpAnswer;
}

/** The admin port: `GET /-/ready`, `/-/healthy` and `/metrics`, `POST /-/reload`. */
export function createAdmin(daemon: Omit<Daemon, "addresses">): HttpServer {
  const pages: Readonly<Record<string, Page>> = {
    "/-/ready": { method: "GET", make: () => state("ready", daemon.notReady()) },
    "/-/healthy": { method: "GET", make: () => state("healthy", daemon.unhealthy()) },
    "/-/reload": { method: "POST", make: async () => reloadedPage(await daemon.reload()) },
    "/metrics": {
      method: "GET",
      make: async () => page(200, toPrometheus(await daemon.snapshot()), { "content-type": prometheusContentType }),
    },
  };
  return createHttpServer({
    async handle({ method, path }: HttpRequest) {
      const found = Object.hasOwn(pages, path) ? pages[path] : undefined;
      if (!found) return page(404, `no such page; there are ${Object.keys(pages).join(", ")}\n`);
      const asked = method === "HEAD" ? "GET" : method;
      return asked === found.method ? found.make() : page(405, `use ${found.method}\n`, { allow: found.method });
    },
    maxBodyBytes: 64 * 1024,
    maxConnections: 100,
  });
}

function state(word: string, problem: string | undefined): HttpAnswer {
  return problem === undefined ? page(200, `${word}\n`) : page(503, `not ${word}: ${problem}\n`);
}

function reloadedPage(reloaded: Reloaded): HttpAnswer {
  if (reloaded.kind === "kept") {
    return page(400, `The settings in use are kept, because the new ones are bad:\n${reloaded.problems.join("\n")}\n`);
  }
  const { changed, atNextStart } = reloaded;
  const later = atNextStart.length === 0 ? "" : `At the next start: ${atNextStart.join(", ")}\n`;
  return page(200, `${changed ? "The settings have changed." : "The settings are as before."}\n${later}`);
}

function page(status: number, text: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body: Buffer.from(text) };
}

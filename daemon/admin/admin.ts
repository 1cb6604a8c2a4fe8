import type { HttpAnswer } from "../../shared/http/message.ts";
import { type Page, servePages, textPage } from "../../shared/http/pages.ts";
import { guardPages } from "../../shared/http/same-origin.ts";
import { createHttpServer, type HttpServer } from "../../shared/node/http-server.ts";
import { prometheusContentType, toPrometheus } from "../../shared/telemetry/prometheus.ts";
import type { Daemon, Reloaded } from "../daemon.ts";

/** The admin port, bound to `host`: `GET /-/ready`, `/-/healthy` and `/metrics`, `POST /-/reload`. */
export function createAdmin(daemon: Omit<Daemon, "addresses">, host: string): HttpServer {
  const pages: Readonly<Record<string, Page>> = {
    "/-/ready": { method: "GET", make: () => state("ready", daemon.notReady()) },
    "/-/healthy": { method: "GET", make: () => state("healthy", daemon.unhealthy()) },
    "/-/reload": { method: "POST", make: async () => reloadedPage(await daemon.reload()) },
    "/metrics": {
      method: "GET",
      make: async () => textPage(200, toPrometheus(await daemon.snapshot()), { "content-type": prometheusContentType }),
    },
  };
  return createHttpServer({
    handle: guardPages(servePages(pages), host),
    maxBodyBytes: 64 * 1024,
    maxConnections: 100,
  });
}

function state(word: string, problem: string | undefined): HttpAnswer {
  return problem === undefined ? textPage(200, `${word}\n`) : textPage(503, `not ${word}: ${problem}\n`);
}

function reloadedPage(reloaded: Reloaded): HttpAnswer {
  if (reloaded.kind === "kept") {
    return textPage(
      400,
      `The settings in use are kept, because the new ones are bad:\n${reloaded.problems.join("\n")}\n`,
    );
  }
  const { changed, atNextStart } = reloaded;
  const later = atNextStart.length === 0 ? "" : `At the next start: ${atNextStart.join(", ")}\n`;
  return textPage(200, `${changed ? "The settings have changed." : "The settings are as before."}\n${later}`);
}

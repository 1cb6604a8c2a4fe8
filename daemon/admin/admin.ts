import type { HttpAnswer } from "../../shared/http/message.ts";
import { type Page, servePages, textPage } from "../../shared/http/pages.ts";
import { guardPages } from "../../shared/http/same-origin.ts";
import { createHttpServer, type HttpServer } from "../../shared/node/http-server.ts";
import { prometheusContentType, toPrometheus } from "../../shared/telemetry/prometheus.ts";
import type { Daemon, Reloaded } from "../daemon.ts";
import type { DeadLettersPages } from "./dead-letters.ts";

export interface AdminOptions {
  /** What the port is bound to. */
  readonly host: string;
  readonly deadLetters: DeadLettersPages;
}

/** Room for eight batches in base64, which is what `sluice dead-letters --admin` sends at a time. */
const maxBodyBytes = 16 * 2 ** 20;
/** All bodies together. */
const maxHeldBytes = 64 * 2 ** 20;

/** The admin port: `GET /-/ready`, `/-/healthy` and `/metrics`, `POST /-/reload`, and the dead letters. */
export function createAdmin(daemon: Omit<Daemon, "addresses">, { host, deadLetters }: AdminOptions): HttpServer {
  const pages: Readonly<Record<string, Page>> = {
    "/-/ready": { method: "GET", make: () => state("ready", daemon.notReady()) },
    "/-/healthy": { method: "GET", make: () => state("healthy", daemon.unhealthy()) },
    "/-/reload": { method: "POST", make: async () => reloadedPage(await daemon.reload()) },
    "/metrics": {
      method: "GET",
      make: async () => textPage(200, toPrometheus(await daemon.snapshot()), { "content-type": prometheusContentType }),
    },
  };
  const page = servePages(pages);
  let held = 0;
  return createHttpServer({
    handle: guardPages(
      async (request) => (deadLetters.owns(request.path) ? deadLetters.answer(request, false) : page(request)),
      host,
    ),
    maxBodyBytes,
    maxConnections: 100,
    keep(bytes) {
      if (held + bytes > maxHeldBytes) return false;
      held += bytes;
      return true;
    },
    release(bytes) {
      held -= bytes;
    },
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

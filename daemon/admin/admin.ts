import type { ChangeRules } from "../../shared/http/guard-changes.ts";
import type { HttpAnswer } from "../../shared/http/message.ts";
import { type Page, servePages, textPage } from "../../shared/http/pages.ts";
import { guardPages } from "../../shared/http/same-origin.ts";
import { createHttpServer, type HttpServer } from "../../shared/node/http-server/http-server.ts";
import { overviewOf } from "../../shared/overview/overview.ts";
import { prometheusContentType, toPrometheus } from "../../shared/telemetry/prometheus.ts";
import { createUi } from "../../ui/serve/ui.ts";
import type { Daemon } from "../daemon.ts";
import type { Reloaded } from "../settings/settings-reload.ts";
import type { DeadLettersPages } from "./dead-letters.ts";

export interface AdminOptions {
  readonly version: string;
  readonly rules: ChangeRules;
  readonly deadLetters: DeadLettersPages;
}

/** Room for eight batches in base64, which is what `sluice dead-letters --admin` sends at a time. */
const maxBodyBytes = 16 * 2 ** 20;
/** All bodies together. */
const maxHeldBytes = 64 * 2 ** 20;

/** The admin port: pages for people, `GET /-/ready`, `/-/healthy` and `/metrics`, `POST /-/reload`, and the dead letters. */
export function createAdmin(daemon: Omit<Daemon, "addresses">, options: AdminOptions): HttpServer {
  const { version, rules, deadLetters } = options;
  const pages: Readonly<Record<string, Page>> = {
    "/-/ready": { method: "GET", make: () => state("ready", daemon.notReady()) },
    "/-/healthy": { method: "GET", make: () => state("healthy", daemon.unhealthy()) },
    "/-/reload": { method: "POST", make: async () => reloadedPage(await daemon.reload()) },
    "/metrics": {
      method: "GET",
      make: async () => textPage(200, toPrometheus(await daemon.snapshot()), { "content-type": prometheusContentType }),
    },
  };
  const ui = createUi({
    program: "daemon",
    version,
    rules,
    async overview() {
      const [snapshot, { destinations }] = await Promise.all([daemon.snapshot(), daemon.remembered()]);
      return overviewOf(snapshot, { now: Date.now(), notReady: daemon.notReady(), destinations });
    },
    lines: async () => (await daemon.remembered()).lines,
    hasDeadLetters: daemon.own !== undefined,
  });
  const page = servePages(pages);
  let held = 0;
  return createHttpServer({
    handle: guardPages(async (request) => {
      if (deadLetters.owns(request.path)) return deadLetters.answer(request, false);
      return (await ui(request, false)) ?? page(request);
    }, rules.boundTo),
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

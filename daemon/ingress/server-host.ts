import { createHealth, type Health } from "../../shared/grpc/health.ts";
import type { InTurn } from "../../shared/in-turn.ts";
import { createInTurn } from "../../shared/node/loop-turn.ts";
import { otlpServices } from "../../shared/otlp/signals.ts";
import type { SenderLimits } from "../../shared/senders/sender-limits.ts";
import type { ServiceKey } from "../controller/component.ts";
import type { OtlpServer } from "./otlp-server.ts";

/** What a process gives to the OTLP servers in it, and learns of them. */
export interface ServerHost {
  /** Told to clients of the gRPC health service. */
  readonly health: Health;
  /** Where large messages are decoded and checked, one after the other. */
  readonly inTurn: InTurn;
  /** Limits of the senders that the settings name; absent: there are none. */
  readonly senderLimits?: SenderLimits;
  /** How long requests under way may take when a server closes. */
  readonly closeMs: number;
  /** Listens and answers with `host:port`; rejects with a sentence for a person. */
  listen(server: OtlpServer, place: ServerPlace): Promise<string>;
  /** A receiver has not got its ports. */
  failed(error: Error): void;
}

export interface ServerPlace {
  readonly transport: "grpc" | "http";
  readonly host: string;
  readonly port: number;
}

/** What the OTLP receivers of a process share. */
export const serverHostService: ServiceKey<ServerHost> = { name: "server host" };

const closeMs = 5000;

/** That of a process whose receivers are its configuration's business: what is wrong with one shows in its own health. */
export function createServerHost(): ServerHost {
  const health = createHealth(otlpServices);
  health.set(true);
  return {
    health,
    inTurn: createInTurn(),
    closeMs,
    async listen(server, { host, port }) {
      const listening = await server.listen(port, host);
      return `${host.includes(":") ? `[${host}]` : host}:${listening.port}`;
    },
    failed() {},
  };
}

import { onTestFinished } from "vitest";
import { createIngest } from "../../../functions/ingest.ts";
import { createAlbFront } from "../../../local/lambda/alb-front.ts";
import type { ReceivedRequest } from "../../../shared/batch/accept.ts";
import { createHttpServer, type HttpServer } from "../../../shared/node/http-server/http-server.ts";
import { createAnswerFault } from "../../../shared/receivers/otlp-http/answer-fault.ts";
import { createReceive } from "../../../shared/receivers/otlp-http/receive.ts";
import { limitBytes } from "../otlp/cases/http-cases.ts";
import { createRecordingAccept } from "../queue/recording-accept.ts";
import { type EmittedEvent, recordEvents } from "../record-events.ts";

/** A server that listens, and everything that came through it. */
export interface EdgeServer {
  readonly port: number;
  readonly received: ReceivedRequest[];
  readonly events: EmittedEvent[];
  close(): Promise<void>;
}

/** What a sender may talk to: the function behind the local load balancer, and the daemon's HTTP server. */
export const edgeServers = {
  "the function behind a load balancer": () => start(albFront(false)),
  "the function behind a load balancer with multi-value headers": () => start(albFront(true)),
  "a server of its own": () => start(bare),
};

type Options = Parameters<typeof createReceive>[0];

function albFront(multiValueHeaders: boolean): (options: Options) => HttpServer {
  return (options) => createAlbFront({ invoke: createIngest(options), emit: options.emit, multiValueHeaders });
}

function bare(options: Options): HttpServer {
  const receive = createReceive(options);
  const answerFault = createAnswerFault({ ...options, busyRetryMs: 1000 });
  return createHttpServer({
    handle: receive,
    admit: (_, head) => receive.admit(head),
    maxBodyBytes: 1_000_000,
    answerFault,
  });
}

async function start(create: (options: Options) => HttpServer): Promise<EdgeServer> {
  const { accept, received } = createRecordingAccept();
  const events: EmittedEvent[] = [];
  const server = create({ accept, emit: recordEvents(events), maxBodyBytes: limitBytes });
  const { port } = await server.listen(0, "127.0.0.1");
  return { port, received, events, close: () => server.close(0) };
}

/** The same for one test: closed when it is over. */
export async function startForTest(name: keyof typeof edgeServers): Promise<EdgeServer> {
  const server = await edgeServers[name]();
  onTestFinished(() => server.close());
  return server;
}

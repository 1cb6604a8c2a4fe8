import { attribute, block, blockWithDefaults, table } from "../../../shared/alloy/arguments.ts";
import { int } from "../../../shared/alloy/plain-types.ts";
import { duration, size, string } from "../../../shared/alloy/text-types.ts";

const notGrpc = { unsupported: "this component listens for HTTP alone" };
const grpc = table({
  listen_address: attribute(string),
  listen_port: attribute(int),
  conn_limit: attribute(int),
});

const http = table(
  {
    listen_address: attribute(string, { help: "Empty: all addresses." }),
    listen_port: attribute(int, { default: 8080 }),
    conn_limit: attribute(int, { help: "Connections; 0 for 10,000." }),
    server_read_timeout: attribute(duration, { default: 30_000 }),
    server_write_timeout: attribute(duration, { default: 30_000, help: "How long an answer may take." }),
    server_idle_timeout: attribute(duration, { default: 120_000 }),
    max_body_size: attribute(size, { default: 64 * 1_048_576 }),
  },
  {
    validate: ({ listen_port: port }) =>
      port >= 0 && port <= 65_535 ? undefined : `listen_port ${port} is not a port`,
  },
);

/** The arguments of a component that listens for HTTP. */
export const httpListenerFields = {
  http: blockWithDefaults(http),
  grpc: block(grpc, notGrpc),
  graceful_shutdown_timeout: attribute(duration, { default: 30_000 }),
};

import type { ClientRequest } from "node:http";

/** Ends a request whose connection does not open within `timeoutMs`: a host that is gone is known before the request's own time is up. */
export function limitConnecting(request: ClientRequest, timeoutMs: number): void {
  request.once("socket", (socket) => {
    if (!socket.connecting) return;
    const late = () =>
      request.destroy(Object.assign(new Error(`no connection within ${timeoutMs} ms`), { code: "ETIMEDOUT" }));
    const timer = setTimeout(late, timeoutMs);
    const stop = () => clearTimeout(timer);
    socket.once("connect", stop);
    request.once("close", stop);
  });
}

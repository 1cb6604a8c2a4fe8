import type { TlsMaterial } from "../../shared/node/tls.ts";

/** A server that can be opened, given other certificates, and closed. */
export interface OtlpServer {
  listen(port: number, host: string): Promise<{ port: number }>;
  setTls(tls: TlsMaterial): void;
  close(deadlineMs: number): Promise<void>;
  /** Requests that are not answered yet. */
  requests(): number;
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { tlsMaterialOf } from "../../../daemon/components/otelcol/tls.ts";
import { adminTlsOf } from "../../../daemon/config-blocks/http.ts";
import { readTls } from "../../../daemon/ingress/tls-files.ts";
import { tlsText } from "../../support/tls-fixtures.ts";

describe("a file of client authorities without one", () => {
  it.each([
    ["empty", "", "holds no certificate in PEM"],
    ["of blanks", " \n\n", "holds no certificate in PEM"],
    ["cut off", "-----BEGIN CERTIFICATE-----\nMIIB", "holds no certificate in PEM"],
    [
      "unreadable",
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
      "certificate 1 of 1 cannot be read",
    ],
  ])("that is %s admits nobody: no way in takes it", (_, text, says) => {
    const [cert, key] = [tlsText("server.pem"), tlsText("server.key")];
    const folder = mkdtempSync(join(tmpdir(), "sluice-ca-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = (name: string, content: string) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const ca = file("ca.pem", text);
    const given = { cert_pem: cert, key_pem: undefined, cert_file: "", key_file: file("key.pem", key) };
    const common = { ...given, ca_pem: "", ca_file: "", min_version: "", client_ca_file: ca };
    expect(() => tlsMaterialOf(common as never)).toThrow(says);
    expect(() => adminTlsOf({ ...common, client_ca_pem: "" } as never)).toThrow(says);
    const settings = { tlsCertFile: file("cert.pem", cert), tlsKeyFile: file("key.pem", key), tlsClientCaFile: ca };
    expect(() => readTls(settings)).toThrow(says);
    expect(readTls({ ...settings, tlsClientCaFile: file("ca.pem", `${cert}\n`) })?.ca).toContain(cert.trim());
    expect(readFileSync(ca, "utf8")).toContain(cert.trim());
  });
});

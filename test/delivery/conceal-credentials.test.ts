import { describe, expect, it } from "vitest";
import { createConcealer } from "../../shared/delivery/conceal-credentials.ts";
import type { ExportRequest } from "../../shared/delivery/transport.ts";

const plain: ExportRequest = {
  url: "https://d.example/v1/logs",
  headers: { "content-type": "x" },
  body: new Uint8Array(),
};
const password = 'glc_s3cr3t/+"token';
const pair = Buffer.from(`123456:${password}`).toString("base64");

function sent(headers: Record<string, string>, proxyUrl?: string) {
  const authorized = { ...plain, headers: { ...plain.headers, ...headers }, ...(proxyUrl && { proxyUrl }) };
  return createConcealer(plain, authorized);
}

describe("createConcealer()", () => {
  it.each([
    ["the header", `Basic ${pair}`],
    ["its base64", pair],
    ["its base64 without padding", pair.replace(/=+$/, "")],
    ["what is in it", `123456:${password}`],
    ["the password", password],
    ["the password, URL-encoded", encodeURIComponent(password)],
    ["the password as a JSON text", JSON.stringify(password)],
    ["the password in base64", Buffer.from(password).toString("base64")],
    ["the password in hexadecimal", Buffer.from(password).toString("hex").toUpperCase()],
    ["the password as Gson writes it", password.replaceAll('"', "\\u0022").replaceAll("+", "\\u002b")],
    ["the password as HTML", password.replaceAll('"', "&quot;").replaceAll("/", "&#x2F;").replaceAll("+", "&#43;")],
    ["its base64 as HTML", pair.replaceAll("=", "&#61;")],
    ["its base64 for URLs", pair.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "%3D")],
    ["another case", `BASIC ${pair.toUpperCase()}`],
  ])("hides %s wherever a destination echoes it", (_, echoed) => {
    const { text, answer } = sent({ authorization: `Basic ${pair}` });
    const bad = [password, pair.replace(/=+$/, ""), echoed];
    const body = Buffer.from(`echo: ${echoed} :echo`);
    const came = answer({ kind: "answered", status: 400, headers: { "x-echo": echoed }, body });
    const all = [
      text(`you sent ${echoed}`),
      JSON.stringify(came),
      Buffer.from(came.kind === "answered" ? came.body : []).toString(),
    ];
    for (const each of all) for (const secret of bad) expect(each.toLowerCase()).not.toContain(secret.toLowerCase());
    expect(came).toMatchObject({ body: { length: body.length } });
  });

  it("hides tokens, API keys in headers of any name, and the proxy's password", () => {
    expect(sent({ authorization: "Bearer abcdef123" }).text("token abcdef123 unknown")).toBe("token [secret] unknown");
    expect(sent({ "x-api-key": "k-998877" }).text("bad key k-998877")).toBe("bad key [secret]");
    expect(sent({}, "http://user:p%40ss99@proxy:3128").text("407 for user:p@ss99")).toBe("407 for user:[secret]");
  });

  it("hides the beginning of a credential at the end of a text that was cut", () => {
    expect(sent({ authorization: "Bearer abcdef123456" }).text("you sent abcdef12…")).toBe("you sent [secret]");
  });

  it("changes nothing else", () => {
    const answer = { kind: "answered", status: 400, headers: {}, body: Buffer.from("no") } as const;
    expect(sent({ authorization: "Bearer abcdef123" }).answer(answer).kind).toBe("answered");
    expect(sent({}).text("all is well")).toBe("all is well");
    expect(sent({ authorization: "Bearer ab" }).text("able")).toBe("able");
  });
});

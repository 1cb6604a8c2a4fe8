import { Resolver } from "node:dns/promises";
import { request } from "node:http";
import { isIP } from "node:net";
import { type Greeting, parseGreeting } from "../cluster/greeting.ts";

const timeoutMs = 2_000;
const maxAnswerBytes = 64 * 2 ** 10;

/** A name server that does not answer must not hold up greetings: the addresses that are known go on being greeted. */
const resolver = new Resolver({ timeout: 1_000, tries: 2 });

/** Where members answer greetings. */
export const greetingPath = "/api/v0/cluster/greet";

/**
 * Greets the member that listens at `address` (`host:port`). Rejects when none answers within two seconds.
 * `headers` are those that its admin port asks for.
 */
export function greetMember(
  address: string,
  greeting: Greeting,
  headers: Readonly<Record<string, string>> = {},
): Promise<Greeting> {
  const body = JSON.stringify(greeting);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `http://${address}${greetingPath}`,
      {
        method: "POST",
        headers: { ...headers, "content-type": "application/json", "content-length": Buffer.byteLength(body) },
        signal: AbortSignal.timeout(timeoutMs),
        agent: false,
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
          if (text.length > maxAnswerBytes) response.destroy(new Error("the answer is too long"));
        });
        response.once("error", reject);
        response.once("end", () => {
          const answer = response.statusCode === 200 ? parseGreeting(text) : undefined;
          if (answer) resolve(answer);
          else reject(new Error(`${address} does not answer as a member: ${response.statusCode}`));
        });
      },
    );
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}

/**
 * Addresses out of those that an operator wrote: a name becomes what DNS says of it, so that one name of a headless service
 * stands for all of its pods. What cannot be resolved is left as it is.
 */
export async function resolveMembers(written: readonly string[], defaultPort: number): Promise<readonly string[]> {
  const found = await Promise.all(written.map((each) => resolveMember(each, defaultPort)));
  return [...new Set(found.flat())].sort();
}

async function resolveMember(written: string, defaultPort: number): Promise<readonly string[]> {
  const [, bracketed, plain = "", given] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(written) ?? [];
  const [host, port] = [bracketed ?? plain, given ?? String(defaultPort)];
  if (host === "" || isIP(host) !== 0 || host === "localhost") return [withPort(host || written, port)];
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const all = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  // What is only in /etc/hosts is resolved when it is connected to.
  return all.length === 0 ? [withPort(host, port)] : all.map((ip) => withPort(ip, port));
}

function withPort(host: string, port: string): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

import type { IncomingMessage } from "node:http";
import { attribute, blockWithDefaults, type DecodedBy, required, table } from "../../../shared/alloy/arguments.ts";
import { map } from "../../../shared/alloy/composite-types.ts";
import { bool } from "../../../shared/alloy/plain-types.ts";
import { textOfBytes } from "../../../shared/alloy/text.ts";
import { duration, optionalSecret, string } from "../../../shared/alloy/text-types.ts";
import type { Clock } from "../../../shared/clock.ts";
import { errorText } from "../../../shared/error-text.ts";
import { createApiClient } from "../../../shared/node/http-client/api-client.ts";
import { type Secret, secret } from "../../../shared/secret.ts";
import { defineComponent } from "../../controller/component.ts";
import { httpClientFields, httpClientProblem } from "../blocks/http-client.ts";
import { httpClientOptions } from "../blocks/http-client-options.ts";

const args = table(
  {
    url: required(string),
    method: attribute(string, { default: "GET", unsupported: "the content is asked for with GET" }),
    headers: attribute(map(string)),
    body: attribute(string, { unsupported: "a GET request has no body" }),
    poll_frequency: attribute(duration, { default: 60_000 }),
    poll_timeout: attribute(duration, { default: 10_000 }),
    is_secret: attribute(bool, { help: "Whether the content is a secret." }),
    client: blockWithDefaults(table(httpClientFields, { validate: httpClientProblem })),
  },
  {
    validate({ url, poll_frequency: frequency, poll_timeout: timeout }) {
      if (!/^https?:\/\/[^/]/.test(url)) return "URL scheme must be 'http' or 'https'";
      if (frequency <= 0) return "poll_frequency must be greater than 0";
      if (timeout <= 0) return "poll_timeout must be greater than 0";
      return timeout >= frequency ? "poll_timeout must be less than poll_frequency" : undefined;
    },
  },
);

type Arguments = DecodedBy<typeof args>;

const maxBytes = 16 * 2 ** 20;

/** remote.http: what a URL answers, asked for again and again. A later failure makes it unhealthy and keeps the last content. */
export const http = defineComponent({
  name: "remote.http",
  stability: "generally-available",
  arguments: args,
  exports: { content: optionalSecret },
  async build(given, { clock, setExports, setHealth }) {
    let current = given;
    let wake = new AbortController();
    return {
      exports: { content: await poll(given, clock) },
      async run(abort) {
        while (!abort.aborted) {
          wake = new AbortController();
          const signal = AbortSignal.any([abort, wake.signal]);
          await clock.sleep(current.poll_frequency, signal);
          if (signal.aborted) continue;
          try {
            setExports({ content: await poll(current, clock) });
            setHealth("healthy", "polled endpoint");
          } catch (error) {
            setHealth("unhealthy", errorText(error));
          }
        }
      },
      async update(next) {
        setExports({ content: await poll(next, clock) });
        current = next;
        wake.abort();
      },
    };
  },
});

async function poll(given: Arguments, clock: Clock): Promise<string | Secret> {
  const { origin, pathname, search } = new URL(given.url);
  const options = httpClientOptions(given.client, clock);
  const client = createApiClient({
    url: origin,
    timeoutMs: given.poll_timeout,
    ...options,
    headers: async () => ({ ...Object.fromEntries(given.headers), ...(await options.headers?.()) }),
  });
  try {
    const answer = await client.stream(`${pathname}${search}`, AbortSignal.timeout(given.poll_timeout));
    if (answer.kind === "failed") throw new Error(answer.message);
    const text = textOfBytes(await bytesOf(answer.value));
    return given.is_secret ? secret(text) : text;
  } catch (error) {
    const place = `${origin}${pathname}`;
    throw new Error(`failed to poll ${place}: ${errorText(error)}`);
  } finally {
    client.close();
  }
}

async function bytesOf(answer: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > maxBytes) throw new Error(`the answer has more than ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface StoredParameter {
  readonly Name: string;
  readonly Value: string;
  readonly Type: "String" | "SecureString" | "StringList";
  readonly Version: number;
  readonly KeyId?: string;
}

/** An answer to give instead of the true one: an AWS error code, or a hang. */
export interface Fault {
  readonly status: number;
  readonly code: string;
  readonly message?: string;
}

export interface FakeSsm {
  readonly endpoint: string;
  readonly parameters: Map<string, StoredParameter>;
  /** The operations asked for, oldest first. */
  readonly calls: string[];
  /** Faults for the next calls, one each. */
  readonly faults: Fault[];
  put(name: string, value: string, type?: StoredParameter["Type"]): void;
  close(): Promise<void>;
}

/** Parameter Store on loopback, in AWS JSON 1.1, for the real SDK: the three operations that Sluice uses. */
export async function startFakeSsm(): Promise<FakeSsm> {
  const parameters = new Map<string, StoredParameter>();
  const calls: string[] = [];
  const faults: Fault[] = [];

  function put(input: Omit<StoredParameter, "Version">): number {
    const { Name, Value, Type, KeyId } = input;
    const Version = (parameters.get(Name)?.Version ?? 0) + 1;
    parameters.set(Name, { Name, Value, Type, Version, ...(KeyId && { KeyId }) });
    return Version;
  }

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const operation = String(request.headers["x-amz-target"]).replace("AmazonSSM.", "");
    const input = JSON.parse(await text(request));
    calls.push(operation);
    const fault = faults.shift();
    if (fault) return error(fault);
    if (operation === "GetParametersByPath") return ok(page(input));
    if (operation === "PutParameter") return ok({ Version: put(input), Tier: "Standard" });
    if (operation === "GetParameter") {
      const found = parameters.get(input.Name);
      return found ? ok({ Parameter: shown(found, input) }) : error({ status: 400, code: "ParameterNotFound" });
    }
    return error({ status: 400, code: "UnknownOperationException" });
  }

  function page(input: { Path: string; MaxResults?: number; NextToken?: string; WithDecryption?: boolean }): unknown {
    const all = [...parameters.values()].filter(({ Name }) => Name.startsWith(input.Path));
    const start = Number(input.NextToken ?? 0);
    const end = start + (input.MaxResults ?? 10);
    const Parameters = all.slice(start, end).map((each) => shown(each, input));
    return { Parameters, ...(end < all.length ? { NextToken: String(end) } : {}) };
  }

  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    parameters,
    calls,
    faults,
    put: (Name, Value, Type = "String") => void put({ Name, Value, Type }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The environment in which AWS's own tools and SDKs talk to it. */
export function ssmEnvironment({ endpoint }: FakeSsm): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_SSM: endpoint,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  };
}

function shown(parameter: StoredParameter, { WithDecryption = false }: { WithDecryption?: boolean }): StoredParameter {
  return parameter.Type === "SecureString" && !WithDecryption ? { ...parameter, Value: "(encrypted)" } : parameter;
}

function ok(body: unknown) {
  return { status: 200, body };
}

function error({ status, code, message = code }: Fault) {
  return { status, body: { __type: code, message } };
}

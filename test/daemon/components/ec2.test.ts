import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ec2Discovery } from "../../../daemon/components/discovery/ec2.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";

let server: Server;
let url: string;
let asked: { form: URLSearchParams; authorization: string }[];
let refuse: boolean;

beforeEach(async () => {
  asked = [];
  refuse = false;
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const form = new URLSearchParams(body);
    asked.push({ form, authorization: request.headers.authorization ?? "" });
    if (refuse) {
      const said = "<Error><Code>UnauthorizedOperation</Code><Message>You are not authorized</Message></Error>";
      return response.writeHead(403).end(`<Response><Errors>${said}</Errors></Response>`);
    }
    return response.end(form.get("Action") === "DescribeInstances" ? page(form.get("NextToken") ?? "") : "<r/>");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function page(token: string): string {
  const ip = token === "" ? "10.0.0.1" : "10.0.0.2";
  const next = token === "" ? "<nextToken>2</nextToken>" : "";
  return `<r><reservationSet><item><instancesSet><item><privateIpAddress>${ip}</privateIpAddress></item></instancesSet></item></reservationSet>${next}</r>`;
}

const text = () => `region = "eu-west-1"\nendpoint = "${url}"\naccess_key = "AKID"\nsecret_key = "s"\nport = 9100\n`;

describe("discovery.ec2", () => {
  it("reads all pages with signed requests, and keeps its targets while it is refused", async () => {
    const args = decodeArguments(ec2Discovery.arguments, `${text()}filter {\n name = "vpc-id"\n values = ["v"]\n}`);
    const clock = { ...systemClock, sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(5, signal) };
    const component = await runComponent(ec2Discovery, args, { clock });
    const addresses = () => component.exports().targets.map((target) => target.get("__address__"));
    await vi.waitFor(() => expect(addresses()).toEqual(["10.0.0.1:9100", "10.0.0.2:9100"]));
    expect(asked.map(({ form }) => form.get("Action")).slice(0, 3)).toEqual([
      "DescribeAvailabilityZones",
      "DescribeInstances",
      "DescribeInstances",
    ]);
    expect(asked[1]?.form.get("Filter.1.Name")).toBe("vpc-id");
    expect(asked[1]?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/\d+\/eu-west-1\/ec2\/aws4_request/);
    refuse = true;
    await vi.waitFor(() => expect(component.events.at(-1)?.name).toBe("discovery.failed"));
    expect(component.events.at(-1)?.fields).toEqual({
      message: "could not describe instances: 403 UnauthorizedOperation You are not authorized",
    });
    expect(addresses()).toHaveLength(2);
    await component.stop();
  });

  it("wants values in a filter", () => {
    expect(() => decodeArguments(ec2Discovery.arguments, `${text()}filter {\n name = "x"\n values = []\n}`)).toThrow(
      "EC2 SD configuration filter values cannot be empty",
    );
  });
});

import { SSMClient } from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { serviceEndpoint } from "../../shared/aws/service-endpoint.ts";

const regions = [
  "eu-west-1",
  "us-gov-west-1",
  "cn-north-1",
  "eusc-de-east-1",
  "us-iso-east-1",
  "us-isob-east-1",
  "eu-isoe-west-1",
  "us-isof-south-1",
  "xx-new-1",
];
const switches = [{}, { AWS_USE_FIPS_ENDPOINT: "true" }, { AWS_USE_DUALSTACK_ENDPOINT: "true" }];
const both = { AWS_USE_FIPS_ENDPOINT: "true", AWS_USE_DUALSTACK_ENDPOINT: "true" };

describe("serviceEndpoint()", () => {
  it.each(regions.flatMap((region) => [...switches, both].map((env) => [region, env] as const)))(
    "is where the SDK goes, in %s with %o",
    (region, env) => {
      const { endpointProvider } = new SSMClient({ region }).config;
      const expected = endpointProvider({
        Region: region,
        UseFIPS: "AWS_USE_FIPS_ENDPOINT" in env,
        UseDualStack: "AWS_USE_DUALSTACK_ENDPOINT" in env,
      });
      expect(`${serviceEndpoint("ssm", region, env)}/`).toBe(expected.url.href);
    },
  );

  it.each([
    [{ AWS_ENDPOINT_URL: "http://127.0.0.1:1/" }, "http://127.0.0.1:1"],
    [{ AWS_ENDPOINT_URL: "http://a", AWS_ENDPOINT_URL_SSM: "http://b" }, "http://b"],
    [{ AWS_ENDPOINT_URL: "" }, "https://ssm.eu-west-1.amazonaws.com"],
    [
      { AWS_ENDPOINT_URL: "http://a", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" },
      "https://ssm.eu-west-1.amazonaws.com",
    ],
  ])("follows the environment: %o", (env, expected) => {
    expect(serviceEndpoint("ssm", "eu-west-1", env)).toBe(expected);
  });
});

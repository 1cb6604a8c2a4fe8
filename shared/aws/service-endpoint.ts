type Environment = Readonly<Record<string, string | undefined>>;

/** Regions that do not end in `amazonaws.com`, and what they end in, with IPv6 too (botocore, `partitions.json`). */
const partitions: readonly (readonly [region: RegExp, suffix: string, dualStackSuffix: string])[] = [
  [/^cn-/, "amazonaws.com.cn", "api.amazonwebservices.com.cn"],
  [/^eusc-/, "amazonaws.eu", "api.amazonwebservices.eu"],
  [/^us-iso-/, "c2s.ic.gov", "api.aws.ic.gov"],
  [/^us-isob-/, "sc2s.sgov.gov", "api.aws.scloud"],
  [/^eu-isoe-/, "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"],
  [/^us-isof-/, "csp.hci.ic.gov", "api.aws.hci.ic.gov"],
];

/** What AWS_ENDPOINT_URL_… or AWS_ENDPOINT_URL says of a service, unless AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true; else undefined. */
export function configuredEndpoint(service: string, env: Environment): string | undefined {
  const given = env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || env.AWS_ENDPOINT_URL;
  return given && !isSwitchedOn("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", env) ? given.replace(/\/+$/, "") : undefined;
}

/**
 * Where a regional service is, without a slash at the end: what AWS_ENDPOINT_URL_… or AWS_ENDPOINT_URL says, else its address in the region,
 * as AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT ask (AWS SDKs and Tools Reference Guide, "Service-specific endpoints").
 */
export function serviceEndpoint(service: string, region: string, env: Environment): string {
  const given = configuredEndpoint(service, env);
  if (given !== undefined) return given;
  const isTrue = (name: string) => isSwitchedOn(name, env);
  const [, suffix, dualStackSuffix] = partitions.find(([regions]) => regions.test(region)) ?? [
    undefined,
    "amazonaws.com",
    "api.aws",
  ];
  const isDualStack = isTrue("AWS_USE_DUALSTACK_ENDPOINT");
  // The plain addresses of the government regions are the ones that FIPS asks for.
  const isFips = isTrue("AWS_USE_FIPS_ENDPOINT") && (isDualStack || !region.startsWith("us-gov-"));
  return `https://${service}${isFips ? "-fips" : ""}.${region}.${isDualStack ? dualStackSuffix : suffix}`;
}

function isSwitchedOn(name: string, env: Environment): boolean {
  return env[name]?.toLowerCase() === "true";
}

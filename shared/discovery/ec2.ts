import { hostPort, metaName, type TargetLabels, targetOf } from "./label-name.ts";
import { type XmlElement, xmlAt, xmlItems, xmlText } from "./xml.ts";

/** A filter of `DescribeInstances`. */
export interface Ec2Filter {
  readonly name: string;
  readonly values: readonly string[];
}

const prefix = "__meta_ec2_";
const version = "2016-11-15";
const maxInterfaces = 64;

/** The form of `DescribeInstances`, for one page. */
export function describeInstances(filters: readonly Ec2Filter[], next: string): URLSearchParams {
  const form = new URLSearchParams({ Action: "DescribeInstances", Version: version, MaxResults: "500" });
  filters.forEach(({ name, values }, index) => {
    form.set(`Filter.${index + 1}.Name`, name);
    values.forEach((value, at) => {
      form.set(`Filter.${index + 1}.Value.${at + 1}`, value);
    });
  });
  if (next !== "") form.set("NextToken", next);
  return form;
}

/** The form of `DescribeAvailabilityZones`. */
export function describeZones(): URLSearchParams {
  return new URLSearchParams({ Action: "DescribeAvailabilityZones", Version: version });
}

/** Identifiers of zones by their names; a zone of the same name is another one in another account. */
export function zoneIds(answer: XmlElement): ReadonlyMap<string, string> {
  const zones = xmlItems(answer, "availabilityZoneInfo");
  return new Map(zones.map((zone) => [xmlText(zone, "zoneName") ?? "", xmlText(zone, "zoneId") ?? ""]));
}

/** What targets of EC2 need beside the answer. */
export interface Ec2Surroundings {
  readonly region: string;
  readonly port: number;
  readonly zones: ReadonlyMap<string, string>;
}

/** Targets of an answer to `DescribeInstances`: one for each instance that has a private address. */
export function ec2Targets(answer: XmlElement, surroundings: Ec2Surroundings): TargetLabels[] {
  return xmlItems(answer, "reservationSet").flatMap((reservation) =>
    xmlItems(reservation, "instancesSet").flatMap((instance) =>
      instanceTarget(instance, xmlText(reservation, "ownerId"), surroundings),
    ),
  );
}

function instanceTarget(
  instance: XmlElement,
  owner: string | undefined,
  { region, port, zones }: Ec2Surroundings,
): TargetLabels[] {
  const text = (path: string) => xmlText(instance, path) || undefined;
  const addresses = ipv6Addresses(instance);
  const privateIp = text("privateIpAddress");
  const host = privateIp ?? addresses.initial;
  if (host === undefined) return [];
  const publicIp = text("ipAddress");
  const zone = text("placement/availabilityZone");
  const vpc = text("vpcId");
  const target = targetOf({
    __address__: hostPort(host, port),
    [`${prefix}ami`]: text("imageId"),
    [`${prefix}architecture`]: text("architecture"),
    [`${prefix}availability_zone`]: zone,
    [`${prefix}availability_zone_id`]: zone === undefined ? undefined : zones.get(zone),
    [`${prefix}default_ipv6_address`]: addresses.initial,
    [`${prefix}instance_id`]: text("instanceId"),
    [`${prefix}instance_lifecycle`]: text("instanceLifecycle"),
    [`${prefix}instance_state`]: text("instanceState/name"),
    [`${prefix}instance_type`]: text("instanceType"),
    [`${prefix}ipv6_addresses`]: joined(addresses.all),
    [`${prefix}owner_id`]: owner,
    [`${prefix}platform`]: text("platform"),
    [`${prefix}primary_ipv6_addresses`]: joined(addresses.primary),
    [`${prefix}primary_subnet_id`]: vpc === undefined ? undefined : text("subnetId"),
    [`${prefix}private_dns_name`]: text("privateDnsName"),
    [`${prefix}private_ip`]: privateIp,
    [`${prefix}public_dns_name`]: publicIp === undefined ? undefined : text("dnsName"),
    [`${prefix}public_ip`]: publicIp,
    [`${prefix}region`]: region,
    [`${prefix}subnet_id`]: vpc === undefined ? undefined : (joined(subnets(instance)) ?? ",,"),
    [`${prefix}vpc_id`]: vpc,
  });
  for (const tag of xmlItems(instance, "tagSet")) {
    target.set(`${prefix}tag_${metaName(xmlText(tag, "key") ?? "")}`, xmlText(tag, "value") ?? "");
  }
  return [target];
}

function subnets(instance: XmlElement): string[] {
  const ids = xmlItems(instance, "networkInterfaceSet").map((network) => xmlText(network, "subnetId") ?? "");
  return [...new Set(ids.filter((id) => id !== ""))];
}

/** The address by which an instance without IPv4 is reached, the primary ones by their interface's number, and all. */
function ipv6Addresses(instance: XmlElement) {
  const inVpc = (xmlText(instance, "vpcId") ?? "") !== "";
  const networks = inVpc
    ? xmlItems(instance, "networkInterfaceSet").filter((network) => xmlText(network, "subnetId"))
    : [];
  const all: string[] = [];
  const primary: string[] = [];
  for (const network of networks) {
    for (const item of xmlItems(network, "ipv6AddressesSet")) {
      const address = xmlText(item, "ipv6Address") ?? "";
      all.push(address);
      const index = indexOf(network);
      if (xmlText(item, "isPrimaryIpv6") !== "true" || index > maxInterfaces) continue;
      // Interfaces without a primary address keep their place in the list.
      while (primary.length <= index) primary.push("");
      primary[index] = address;
    }
  }
  return { initial: [...primary, ...all].find((address) => address !== ""), primary, all };
}

function indexOf(network: XmlElement): number {
  return Number(xmlAt(network, "attachment/deviceIndex")?.text ?? 0);
}

/** `,a,b,`: a pattern then finds an element by its commas. */
function joined(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : `,${values.join(",")},`;
}

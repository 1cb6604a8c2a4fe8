import { describe, expect, it } from "vitest";
import { describeInstances, ec2Targets, zoneIds } from "../../shared/discovery/ec2.ts";
import { parseXml, type XmlElement } from "../../shared/discovery/xml.ts";

function xml(text: string): XmlElement {
  const parsed = parseXml(text);
  if (!parsed) throw new Error("not XML");
  return parsed;
}

const answer = (instance: string) =>
  xml(
    `<DescribeInstancesResponse><reservationSet><item><ownerId>123</ownerId><instancesSet><item>${instance}</item></instancesSet></item></reservationSet></DescribeInstancesResponse>`,
  );
const surroundings = { region: "eu-west-1", port: 9100, zones: new Map([["eu-west-1a", "euw1-az3"]]) };
const plain = (instance: string) =>
  ec2Targets(answer(instance), surroundings).map((target) => Object.fromEntries(target));

describe("ec2Targets()", () => {
  it("gives Prometheus' labels", () => {
    const instance = `
      <instanceId>i-1</instanceId><imageId>ami-1</imageId><instanceState><name>running</name></instanceState>
      <privateDnsName>ip-10</privateDnsName><dnsName>ec2-1</dnsName><instanceType>t3.micro</instanceType>
      <placement><availabilityZone>eu-west-1a</availabilityZone></placement><architecture>arm64</architecture>
      <privateIpAddress>10.0.0.5</privateIpAddress><ipAddress>1.2.3.4</ipAddress><vpcId>vpc-1</vpcId><subnetId>s-1</subnetId>
      <networkInterfaceSet><item><subnetId>s-1</subnetId></item><item><subnetId>s-2</subnetId></item></networkInterfaceSet>
      <tagSet><item><key>Name</key><value>web</value></item><item><key>a:b</key><value/></item></tagSet>`;
    expect(plain(instance)).toEqual([
      {
        __address__: "10.0.0.5:9100",
        __meta_ec2_ami: "ami-1",
        __meta_ec2_architecture: "arm64",
        __meta_ec2_availability_zone: "eu-west-1a",
        __meta_ec2_availability_zone_id: "euw1-az3",
        __meta_ec2_instance_id: "i-1",
        __meta_ec2_instance_state: "running",
        __meta_ec2_instance_type: "t3.micro",
        __meta_ec2_owner_id: "123",
        __meta_ec2_primary_subnet_id: "s-1",
        __meta_ec2_private_dns_name: "ip-10",
        __meta_ec2_private_ip: "10.0.0.5",
        __meta_ec2_public_dns_name: "ec2-1",
        __meta_ec2_public_ip: "1.2.3.4",
        __meta_ec2_region: "eu-west-1",
        __meta_ec2_subnet_id: ",s-1,s-2,",
        __meta_ec2_tag_Name: "web",
        __meta_ec2_tag_a_b: "",
        __meta_ec2_vpc_id: "vpc-1",
      },
    ]);
  });

  it("reaches an instance without IPv4 at its primary IPv6 address, and leaves out one without any", () => {
    const network = (index: number, address: string, primary: boolean) =>
      `<item><subnetId>s</subnetId><attachment><deviceIndex>${index}</deviceIndex></attachment><ipv6AddressesSet><item><ipv6Address>${address}</ipv6Address><isPrimaryIpv6>${primary}</isPrimaryIpv6></item></ipv6AddressesSet></item>`;
    const instance = `<vpcId>v</vpcId><networkInterfaceSet>${network(0, "fd00::1", false)}${network(1, "fd00::2", true)}</networkInterfaceSet>`;
    expect(plain(instance)).toMatchObject([
      {
        __address__: "[fd00::2]:9100",
        __meta_ec2_default_ipv6_address: "fd00::2",
        __meta_ec2_primary_ipv6_addresses: ",,fd00::2,",
        __meta_ec2_ipv6_addresses: ",fd00::1,fd00::2,",
      },
    ]);
    expect(plain("<instanceId>i-2</instanceId>")).toEqual([]);
  });
});

describe("describeInstances()", () => {
  it("numbers filters and their values", () => {
    const form = describeInstances([{ name: "tag:env", values: ["a", "b"] }], "next");
    expect(Object.fromEntries(form)).toEqual({
      Action: "DescribeInstances",
      Version: "2016-11-15",
      MaxResults: "500",
      "Filter.1.Name": "tag:env",
      "Filter.1.Value.1": "a",
      "Filter.1.Value.2": "b",
      NextToken: "next",
    });
  });
});

describe("zoneIds()", () => {
  it("maps names to identifiers", () => {
    const zones =
      "<r><availabilityZoneInfo><item><zoneName>a</zoneName><zoneId>1</zoneId></item></availabilityZoneInfo></r>";
    expect(zoneIds(xml(zones))).toEqual(new Map([["a", "1"]]));
  });
});

/**
 * The security group's rules: 4318, and 443 with a certificate, from each of allowedCidrs and allowedSecurityGroups
 * (comma-separated). CloudFormation has no loop, so this is the one list that is made when the template is.
 */
module.exports = async ({ resolveVariable }) => {
  const cidrs = split(await resolveVariable("param:allowedCidrs, ''"));
  const groups = split(await resolveVariable("param:allowedSecurityGroups, ''"));
  const certificate = await resolveVariable("param:certificateArn, ''");
  const ports = certificate ? [4318, 443] : [4318];
  const sources = [
    ...cidrs.map((cidr) => (cidr.includes(":") ? { CidrIpv6: cidr } : { CidrIp: cidr })),
    ...groups.map((group) => ({ SourceSecurityGroupId: group })),
  ];
  return ports.flatMap((port) =>
    sources.map((source) => ({ IpProtocol: "tcp", FromPort: port, ToPort: port, ...source, Description: "OTLP/HTTP" })),
  );
};

function split(list) {
  return String(list)
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

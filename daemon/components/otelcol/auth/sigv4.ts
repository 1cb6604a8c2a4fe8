import { attribute, block, type DecodedBy, table } from "../../../../shared/alloy/arguments.ts";
import { string } from "../../../../shared/alloy/text-types.ts";
import type { Auth } from "../../../../shared/delivery/auth.ts";
import { authHandler } from "../../../controller/capsules.ts";
import { defineComponent } from "../../../controller/component.ts";
import { clientAuth } from "./client-auth.ts";

const args = table({
  region: attribute(string, { help: "Default: AWS_REGION of the environment." }),
  service: attribute(string),
  assume_role: block(
    table({
      arn: attribute(string),
      session_name: attribute(string),
      sts_region: attribute(string),
    }),
  ),
});

/** `otelcol.auth.sigv4`: signatures of AWS for exporters, with the credentials of the environment or of a role. */
export const sigv4 = defineComponent({
  name: "otelcol.auth.sigv4",
  stability: "generally-available",
  arguments: args,
  exports: { handler: authHandler },
  build: clientAuth(credentialsOf),
});

function credentialsOf(given: DecodedBy<typeof args>): Auth {
  const { region, service, assume_role: role } = given;
  return {
    kind: "sigv4",
    region: region || process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || "us-east-1",
    service,
    ...(role && role.arn !== "" && { roleArn: role.arn }),
  };
}

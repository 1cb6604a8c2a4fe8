import { map } from "../../../../shared/alloy/composite-types.ts";
import { secret } from "../../../../shared/alloy/text-types.ts";
import { secret as hide } from "../../../../shared/secret.ts";
import { defineComponent } from "../../../controller/component.ts";
import { polled, remoteKubernetesArguments } from "./poll.ts";

/** remote.kubernetes.secret: the values of a secret, decoded. */
export const remoteKubernetesSecret = defineComponent({
  name: "remote.kubernetes.secret",
  stability: "generally-available",
  arguments: remoteKubernetesArguments,
  exports: { data: map(secret) },
  build: (args, context) =>
    polled(args, context, {
      plural: "secrets",
      value: (text) => hide(Buffer.from(text, "base64").toString("utf8")),
    }),
});

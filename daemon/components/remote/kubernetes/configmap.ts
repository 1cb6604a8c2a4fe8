import { map } from "../../../../shared/alloy/composite-types.ts";
import { optionalSecret } from "../../../../shared/alloy/text-types.ts";
import { defineComponent } from "../../../controller/component.ts";
import { polled, remoteKubernetesArguments } from "./poll.ts";

/** remote.kubernetes.configmap: the values of a config map. */
export const remoteKubernetesConfigMap = defineComponent({
  name: "remote.kubernetes.configmap",
  stability: "generally-available",
  arguments: remoteKubernetesArguments,
  exports: { data: map(optionalSecret) },
  build: (args, context) => polled(args, context, { plural: "configmaps", value: (text) => text }),
});

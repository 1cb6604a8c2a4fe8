import { attribute, type DecodedBy, required, table } from "../../../../shared/alloy/arguments.ts";
import { list } from "../../../../shared/alloy/composite-types.ts";
import { bool } from "../../../../shared/alloy/plain-types.ts";
import { secret } from "../../../../shared/alloy/text-types.ts";
import type { Entry } from "../../../../shared/loki/entry.ts";
import { fanOut } from "../../../../shared/loki/fan-out.ts";
import { isDurableInTime } from "../../../../shared/receivers/durable-in-time.ts";
import type { Delivery, Taken } from "../../../../shared/receivers/firehose/delivery.ts";
import { entriesOfDelivery } from "../../../../shared/receivers/firehose/to-entries.ts";
import { logsReceiver, relabelRules } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { httpListenerFields } from "../../blocks/http-listener.ts";
import { createFirehoseListening, tellRefused } from "../../firehose-listening.ts";
import { createRelabelEntries } from "../relabel-entries.ts";

const args = table({
  ...httpListenerFields,
  forward_to: required(list(logsReceiver)),
  access_key: attribute(secret, { help: "What a stream must show; without it anybody may deliver." }),
  relabel_rules: attribute(relabelRules),
  use_incoming_timestamp: attribute(bool, { help: "Entries have the time of the request, in whole seconds." }),
});

type Arguments = DecodedBy<typeof args>;

const maxCached = 10_000;
const tenantLabel = "__tenant_id__";

/** `loki.source.awsfirehose`: takes what Amazon Data Firehose delivers. A request is answered when its entries are durable. */
export const awsFirehose = defineComponent({
  name: "loki.source.awsfirehose",
  stability: "generally-available",
  arguments: args,
  exports: {},
  build(given, context) {
    let current = given;
    let send = sender(given);
    const listening = createFirehoseListening(given, context, {
      path: "/awsfirehose/api/v1/push",
      accessKey: () => current.access_key,
      take: (delivery) => take(delivery, { send, current, context }),
    });

    return {
      exports: {},
      run: listening.run,
      async update(next) {
        current = next;
        send = sender(next);
        await listening.update(next);
      },
      debugInfo: () => ({ port: listening.port() }),
    };
  },
});

type Send = (entries: readonly Entry[]) => Promise<void>;

async function take(
  delivery: Delivery,
  {
    send,
    current,
    context,
  }: { send: Send; current: Arguments; context: Pick<ComponentContext<unknown>, "clock" | "emit"> },
): Promise<Taken> {
  const { clock } = context;
  const { entries, refused } = entriesOfDelivery(delivery, {
    nowMs: clock.now(),
    keepsTime: current.use_incoming_timestamp === true,
  });
  tellRefused(context, [...delivery.refused, ...refused]);
  const waitMs = current.http.server_write_timeout / 2;
  if (await isDurableInTime(send(entries), { clock, waitMs })) return { kind: "taken" };
  return { kind: "unavailable", reason: "not durable in time" };
}

/** Puts the rules to work, and takes away labels that are for them alone. */
function sender({ forward_to: receivers, relabel_rules: rules = [] }: Arguments): Send {
  const receiver = fanOut(receivers);
  const relabelled = createRelabelEntries(rules, maxCached);
  return async (entries) => {
    const kept = relabelled.entries(entries).map(withoutMeta);
    if (kept.length > 0) await receiver.consume(kept);
  };
}

function withoutMeta(entry: Entry): Entry {
  const isMeta = (name: string) => name.startsWith("__") && name !== tenantLabel;
  return { ...entry, labels: entry.labels.filter(({ name }) => !isMeta(name)) };
}

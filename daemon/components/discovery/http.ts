import { attribute, required, table } from "../../../shared/alloy/arguments.ts";
import { list, target } from "../../../shared/alloy/composite-types.ts";
import { duration, string } from "../../../shared/alloy/text-types.ts";
import { parseTargetGroups } from "../../../shared/discovery/target-groups.ts";
import { createApiClient } from "../../../shared/node/http-client/api-client.ts";
import { defineComponent } from "../../controller/component.ts";
import { httpClientFields, httpClientProblem } from "../blocks/http-client.ts";
import { httpClientOptions } from "../blocks/http-client-options.ts";
import { refreshed } from "./refresh.ts";

const args = table(
  {
    url: required(string),
    refresh_interval: attribute(duration, { default: 60_000 }),
    ...httpClientFields,
  },
  {
    validate(given) {
      if (!/^https?:\/\/[^/]/.test(given.url)) return "URL scheme must be 'http' or 'https'";
      if (given.refresh_interval <= 0) return "refresh_interval must be greater than 0";
      return httpClientProblem(given);
    },
  },
);

/** discovery.http: target groups as JSON from a URL. */
export const httpDiscovery = defineComponent({
  name: "discovery.http",
  stability: "generally-available",
  arguments: args,
  exports: { targets: list(target) },
  build: (given, context) =>
    refreshed(given, context, (current) => {
      const { origin, pathname, search } = new URL(current.url);
      const options = httpClientOptions(current, context.clock);
      const client = createApiClient({
        url: origin,
        ...options,
        headers: async () => ({
          ...(await options.headers?.()),
          "x-prometheus-refresh-interval-seconds": String(current.refresh_interval / 1000),
        }),
      });
      return {
        intervalMs: current.refresh_interval,
        async refresh(signal) {
          const answer = await client.getJson(`${pathname}${search}`, signal);
          if (answer.kind === "failed") return answer;
          const parsed = parseTargetGroups(answer.value, { __meta_url: current.url });
          return parsed.kind === "rejected" ? { kind: "failed", message: parsed.message } : parsed;
        },
        close: () => client.close(),
      };
    }),
});

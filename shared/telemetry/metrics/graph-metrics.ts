import { counter, gauge, histogram } from "./metric-row.ts";

const seconds = [0.005, 0.025, 0.1, 0.5, 1, 5, 10, 30];

/** Metrics of a graph of components, by the names that Alloy gives them. */
export const graphMetrics = {
  alloy_build_info: gauge("Always 1; the labels say what runs", ["version", "goos", "goarch"]),
  alloy_component_controller_running_components: gauge("Components by their health", ["health_type"]),
  cluster_node_peers: gauge("Members of the cluster that this process knows, itself among them", ["state"]),
  alloy_component_evaluation_seconds: histogram("Time to evaluate a component", seconds, []),
  alloy_config_hash: gauge("Always 1; the labels say which configuration runs", ["sha256", "cluster_name"]),
  alloy_config_last_load_successful: gauge("Whether the configuration that was read last was loaded", []),
  alloy_config_last_load_success_timestamp_seconds: gauge("When a configuration was loaded last", []),
  alloy_config_load_failures_total: counter("Configurations that were refused", []),
};

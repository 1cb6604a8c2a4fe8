/** The signals of telemetry, each with its own endpoints, limits and outages. */
export const signalNames = ["traces", "metrics", "logs"] as const;

/** One of `signalNames`. */
export type SignalName = (typeof signalNames)[number];

import manifest from "../package.json" with { type: "json" };

/** How Sluice names itself to the destination: product, version and language (OTLP exporter specification, "User Agent"). */
export const userAgent = `Sluice/${manifest.version} (OTLP exporter; Node.js)`;

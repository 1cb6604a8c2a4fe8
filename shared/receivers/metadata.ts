/** Headers of a client as pipelines see them: lower-case names, each with its values. Credentials stay outside. */
export function metadataOf(headers: Readonly<Record<string, string | undefined>>): Map<string, readonly string[]> {
  const metadata = new Map<string, readonly string[]>();
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && name !== "authorization" && name !== "cookie") metadata.set(name, [value]);
  return metadata;
}

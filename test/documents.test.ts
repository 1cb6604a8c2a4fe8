import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { request, setUpReceive } from "./support/destination/receiver.ts";

const root = join(import.meta.dirname, "..");
const below = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
const pages = [...["README.md", "CHANGELOG.md", "CONTRIBUTING.md"], ...["docs", "examples", "infra"].flatMap(below)];
const languages = readdirSync(join(root, "docs/start")).map((name) => `docs/start/${name}`);
const textOf = (path: string) => readFileSync(join(root, path), "utf8");

describe("the documents", () => {
  it.each(pages)("%s links to files and headings that there are", (page) => {
    for (const [, link = ""] of textOf(page).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)) {
      const [path = "", anchor] = link.split("#");
      const target = path === "" ? page : join(dirname(page), path);
      expect(existsSync(join(root, target)), `${page}: ${link}`).toBe(true);
      if (anchor !== undefined && target.endsWith(".md"))
        expect(anchorsOf(textOf(target)), `${page}: ${link}`).toContain(anchor);
    }
  });
});

describe("the start page of a language", () => {
  it.each(languages)("%s has the four variables, and a curl that is accepted", async (page) => {
    const text = textOf(page);
    for (const name of ["ENDPOINT", "PROTOCOL", "COMPRESSION"])
      expect(text).toContain(`export OTEL_EXPORTER_OTLP_${name}=`);
    expect(text).toContain("export OTEL_SERVICE_NAME=");
    const [, path = "", body = ""] =
      /curl -sS http:\/\/127\.0\.0\.1:4318(\S+) -H 'content-type: application\/json' -d '([^']*)'/.exec(text) ?? [];
    const { receive, received } = setUpReceive();
    const answer = await receive(
      request({ path, headers: { "content-type": "application/json" }, body: Buffer.from(body) }),
    );
    expect(answer.status).toBe(200);
    expect(received).toHaveLength(1);
  });
});

/** As GitHub makes them. */
function anchorsOf(text: string): readonly string[] {
  const headings = text.match(/^#+ .*$/gm) ?? [];
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

import { describe, expect, it } from "vitest";
import { collect, fakeHost } from "../../support/prometheus/fake-host.ts";

describe("textfile", () => {
  const of = (files: Record<string, string>) => collect("textfile", fakeHost(files), { textfileDirectory: "/text/" });

  it("passes the samples of each file on, with the time of the file", async () => {
    const samples = await of({
      "text/a.prom": '# HELP a Says a.\n# TYPE a counter\na{x="1"} 3\n# comment\n',
      "text/b.prom": 'b_bucket{le="1"} 1\n# TYPE c summary\nc_sum 4\nc{quantile="0.5"} NaN\n',
      "text/ignored.txt": "x 1\n",
    });
    expect(samples).toEqual([
      'a{x="1"} 3',
      'node_textfile_mtime_seconds{file="/text/a.prom"} 1600000000',
      'node_textfile_mtime_seconds{file="/text/b.prom"} 1600000000',
      'b_bucket{le="1"} 1',
      "c_sum 4",
      'c{quantile="0.5"} NaN',
      "node_textfile_scrape_error 0",
    ]);
  });

  it.each([
    ["a timestamp", "a 1 1700000000000\n"],
    ["a value that is not one", "a x\n"],
    ["labels that do not end", 'a{b="1" 2\n'],
    ["an unknown type", "# TYPE a info\na 1\n"],
    ["a very long line", `a{b="${"x".repeat(70_000)}"} 1\n`],
  ])("leaves out a file with %s, counts it and keeps the others", async (_, text) => {
    const samples = await of({ "text/bad.prom": text, "text/good.prom": "good 1\n" });
    expect(samples).toEqual([
      "good 1",
      'node_textfile_mtime_seconds{file="/text/good.prom"} 1600000000',
      "node_textfile_scrape_error 1",
    ]);
  });

  it("counts a directory that is missing", async () => {
    expect(await of({})).toEqual(["node_textfile_scrape_error 1"]);
  });

  it("takes the first of two help texts", async () => {
    const samples = await of({ "text/a.prom": "# HELP a x\na 1\n", "text/b.prom": "# HELP a y\na 2\n" });
    expect(samples).toContain("a 1");
    expect(samples).not.toContain("a 2");
    expect(samples).toContain("node_textfile_scrape_error 1");
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseXml, xmlItems, xmlText } from "../../shared/discovery/xml.ts";

describe("parseXml()", () => {
  it("reads elements, text, entities and lists", () => {
    const root = parseXml(
      '<?xml version="1.0"?>\n<r xmlns="x"><!-- c --><a>1 &lt; 2 &#65;&#x42;</a><b/><l><item><n>x</n></item><item><n><![CDATA[<y>]]></n></item></l></r>',
    );
    expect(xmlText(root, "a")).toBe("1 < 2 AB");
    expect(xmlText(root, "b")).toBe("");
    expect(xmlText(root, "c")).toBeUndefined();
    expect(xmlItems(root, "l").map((item) => xmlText(item, "n"))).toEqual(["x", "<y>"]);
  });

  it.each(["", "text", "<a>", "<a></b>", "</a>", "<a/><b/>", `${"<a>".repeat(100)}${"</a>".repeat(100)}`])(
    "gives nothing for %j",
    (text) => {
      expect(parseXml(text)).toBeUndefined();
    },
  );

  it("never throws", () => {
    const parts = fc.constantFrom(
      "<a>",
      "</a>",
      "<b/>",
      "&amp;",
      "&#9999999;",
      "<!--",
      "-->",
      "<![CDATA[",
      "]]>",
      "<",
      ">",
      "x",
    );
    fc.assert(fc.property(fc.array(parts), (list) => void parseXml(list.join(""))));
  });
});

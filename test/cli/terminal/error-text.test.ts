import { describe, expect, it } from "vitest";
import { errorText } from "../../../cli/terminal/error-text.ts";

describe("errorText()", () => {
  it("says what a full disk means, with the path, and no stack", () => {
    const error = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", path: "/x/y" });
    expect(errorText(error)).toBe("/x/y: the disk is full: make room, and run the command again (ENOSPC).");
  });

  it("keeps the first line of what it does not know", () => {
    expect(errorText(new Error("odd\n    at somewhere"))).toBe("odd");
    expect(errorText("text")).toBe("text");
  });
});

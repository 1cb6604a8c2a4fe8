import { describe, expect, it } from "vitest";
import { conceal } from "../../shared/config/conceal.ts";

describe("conceal()", () => {
  it.each([
    ["https://user:pass@host/x", "https://[secret]@host/x"],
    ["https://user:p/a@ss@host/x", "https://[secret]@host/x"],
    ["https://glc_token@host", "https://[secret]@host"],
    ["https://host/x?token=abc&y=z#access=def", "https://host/x?token=[secret]&y=[secret]#access=[secret]"],
    ["https://host/x", "https://host/x"],
    ["user:pass@proxy:3128", "[secret]@proxy:3128"],
    ["Authorization: Bearer abc.def", "Authorization: Bearer [secret]"],
    ["glc_eyJvIjoiMSJ9", "[secret]"],
    ["10:30", "10:30"],
    ["debug", "debug"],
  ])("shows %s as %s", (text, shown) => expect(conceal(text)).toBe(shown));
});

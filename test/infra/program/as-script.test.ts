import { runInThisContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { asScript, commonJsAsScript } from "../../../infra/program/as-script.ts";

/** What a script answers with, where the modules that it asks for are `modules`. */
function run(script: string, modules: Readonly<Record<string, unknown>> = {}): unknown {
  const load = async (name: string) => modules[name];
  return runInThisContext(script)((name: string) => modules[name], load, { exports: {} });
}

describe("asScript()", () => {
  it("answers with what the module exports, made of what it imports", () => {
    const text = `import{a as b}from"./x.mjs";import"./y.mjs";var c=b+1;function d(){return c}export{c as e,d,b as default};`;
    const exports = run(asScript("m.mjs", text).text, { "./x.mjs": { a: 1 } }) as {
      e: number;
      d(): number;
      default: number;
    };
    expect([exports.e, exports.d(), exports.default]).toEqual([2, 2, 1]);
  });

  it("has the default export of a CommonJS package", () => {
    expect(run(asScript("m.mjs", "var f=()=>7;export default f();").text)).toEqual({ default: 7 });
  });

  it("loads later what the module imports later, and leaves texts alone that look like it", async () => {
    const text = `var t='import("./x.mjs")';export const u=1;`.replace("export const", "var");
    const script = asScript("m.mjs", `${text}var l=()=>import("./x.mjs");export{t,l};`).text;
    const { t, l } = run(script, { "./x.mjs": { a: 1 } }) as { t: string; l(): Promise<unknown> };
    expect(t).toBe('import("./x.mjs")');
    expect(await l()).toEqual({ a: 1 });
  });

  it("is strict, and without a `this`, as modules are", () => {
    expect(run(asScript("m.mjs", "var t=(function(){return this})();export{t};").text)).toEqual({ t: undefined });
    expect(() => run(asScript("m.mjs", "undeclared=1;export{};").text)).toThrow(ReferenceError);
  });

  it("is a promise where the module awaits at its top", async () => {
    const exports = run(asScript("m.mjs", `#!/usr/bin/env node\nvar a=await Promise.resolve(3);export{a};`).text);
    expect(await exports).toEqual({ a: 3 });
    expect(run(asScript("m.mjs", "var a=async()=>{await 1};export{a};").text)).not.toBeInstanceOf(Promise);
  });

  it.each([
    ["an assignment in a function", "let a=1;function b(){a=2}export{a,b};"],
    ["a count", "let a=1;var b=()=>{a++};export{a,b};"],
    ["a pattern", "let a;var b=({x:[y]})=>{({x:[a]}=y)};export{a,b};"],
    ["a loop", "let a;function b(c){for(a of c);}export{a,b};"],
    ["a block that binds the name elsewhere", "let a;function b(){{let a=1;a=2}a=3}export{a,b};"],
  ])("refuses an export that changes later: %s", (_, text) => {
    expect(() => asScript("m.mjs", text)).toThrow("m.mjs exports a, and assigns to it again.");
  });

  it.each([
    ["while the module runs", "var a;(a||={}).x=1;a=2;export{a};"],
    ["to another variable of that name, a parameter", "var a=1;function b(a){a=2}export{a,b};"],
    ["to one of a block", "var a=1;function b(){for(let a=0;a<1;a++);{const c=1;let a;a=c}}export{a,b};"],
    ["to one of a function", "var a=1;function b(){a=2;if(b){var a}}export{a,b};"],
    ["to one of a catch or a pattern", "var a=1;var b=({a})=>{a=2};function c(){try{}catch(a){a=1}}export{a,b,c};"],
    ["to a member of that name", "var a=1;function b(c){c.a=2;({a:c.x}=c)}export{a,b};"],
  ])("takes an assignment %s", (_, text) => {
    expect(() => run(asScript("m.mjs", text).text)).not.toThrow();
  });

  it("refuses what is not a module", () => {
    expect(() => asScript("m.mjs", "export {")).toThrow("m.mjs cannot be parsed");
    expect(() => asScript("m.mjs", "var a=import.meta.url;export{a};")).toThrow("uses import.meta");
    expect(() => asScript("m.mjs", 'export{a}from"./x.mjs";')).toThrow("an export that esbuild does not write");
  });
});

describe("commonJsAsScript()", () => {
  it("answers with what the module exports", () => {
    expect(run(commonJsAsScript("exports.a=1"))).toEqual({ a: 1 });
    expect(run(commonJsAsScript("module.exports=5"))).toBe(5);
  });
});

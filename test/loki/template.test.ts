import { describe, expect, it } from "vitest";
import { TemplateError } from "../../shared/loki/template/nodes.ts";
import { compileTemplate } from "../../shared/loki/template/template.ts";

const data = new Map([
  ["app", "a"],
  ["Value", "warn"],
  ["Entry", "  the line "],
  ["empty", ""],
]);

describe("compileTemplate()", () => {
  it.each([
    ["{{ .Value }}-{{.app}}", "warn-a"],
    ["{{ .zz }}", "<no value>"],
    ["{{ .Value | ToUpper }}", "WARN"],
    ["{{ ToUpper .Value }}", "WARN"],
    ['{{ if eq .Value "warn" "error" }}W{{ else }}O{{ end }}', "W"],
    ['{{ if eq .app "b" }}B{{ else if eq .app "a" }}A{{ else }}O{{ end }}', "A"],
    ["a {{- .app -}} b", "aab"],
    ["{{/* nothing */}}x", "x"],
    ["{{ with .app }}<{{ . }}>{{ end }}", "<a>"],
    ["{{ with .empty }}x{{ else }}none{{ end }}", "none"],
    ["{{ $x := .app }}{{ $x }}{{ $x }}", "aa"],
    ['{{ Replace .Value "w" "W" -1 }}', "Warn"],
    ['{{ Replace "aXa" "a" "b" 1 }}', "bXa"],
    ['{{ Replace "ab" "" "-" -1 }}', "-a-b-"],
    ["{{ TrimSpace .Entry }}", "the line"],
    ['{{ TrimLeft "xxaxx" "x" }}{{ TrimRight "xxaxx" "x" }}{{ Trim "xxaxx" "x" }}', "axxxxaa"],
    ['{{ TrimPrefix "abc" "a" }}{{ TrimSuffix "abc" "c" }}', "bcab"],
    ['{{ regexReplaceAll "(\\\\w)arn" .Value "$1" }}', "w"],
    ["{{ regexReplaceAllLiteral `(\\w)arn` .Value `$1` }}", "$1"],
    ['{{ default "none" .empty }}', "none"],
    ['{{ printf "%s=%03d|%q|%5.1f" .app 7 "x" 1.26 }}', 'a=007|"x"|  1.3'],
    ['{{ (printf "%s" .app) | upper | quote }}', '"A"'],
    ["{{ len .Value }}", "4"],
    ["{{ not .empty }} {{ and .app .Value }} {{ or .empty .app }}", "true warn a"],
    ["{{ trunc 2 .Value }}{{ substr 1 3 .Value }}", "waar"],
    ['{{ .Value | replace "w" "x" }}', "xarn"],
    ["{{ `{{` }}", "{{"],
    ['{{ regexMatch "^w" .Value }}{{ regexFind "a." .Value }}', "truear"],
    ['{{ regexFindAll "[a-z]" "a1b2c" 2 | join "," }}', "a,b"],
    ['{{ splitList "," "a,b,c" | last }}{{ index (splitList "," "a,b,c") 1 }}', "cb"],
    ['{{ list "b" "a" "b" | uniq | sortAlpha | join "-" }}', "a-b"],
    ['{{ list "a" .empty 1 | toJson }}', '["a","",1]'],
    ["{{ toJson .Value }}{{ slice .Value 1 3 }}", '"warn"ar'],
    ['{{ abbrev 5 "abcdefgh" }}{{ swapcase "aB" }}{{ indent 2 "a" }}', "ab...Ab  a"],
    ['{{ eq .zz "x" }}', "false"],
  ])("runs %s", (source, result) => {
    expect(compileTemplate(source)(data)).toBe(result);
  });

  it("hashes with SHA-3 and SHA-2", () => {
    expect(compileTemplate('{{ Hash "" "" }}')(data)).toBe(
      "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
    );
    expect(compileTemplate('{{ Sha2Hash "" "" }}')(data)).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
  });

  it.each([
    ["{{ .x ", "unclosed action"],
    ["{{ nope .x }}", 'function "nope" not defined'],
    ["{{ range .x }}{{ end }}", "not supported"],
    ['{{ template "x" }}', "not supported"],
    ["{{ if .x }}", "unexpected EOF"],
    ["{{ end }}", "unexpected {{end}}"],
    ["{{ }}", "missing value for command"],
    ["{{ $y }}", "undefined variable"],
    ['{{ "x }}', "unterminated quoted string"],
    ["{{ (.x }}", "unclosed left paren"],
    ["{{ .x .y }}", "can't give argument"],
  ])("refuses %s", (source, reason) => {
    expect(() => compileTemplate(source)).toThrow(TemplateError);
    expect(() => compileTemplate(source)).toThrow(reason);
  });

  it.each(["{{ ToUpper .zz }}", "{{ .app.x }}", "{{ div 1 0 }}"])("fails on the data: %s", (source) => {
    expect(compileTemplate(source)(data)).toBeUndefined();
  });

  it.each([
    '{{ ToUpper .Value "more" }}',
    "{{ ToUpper }}",
    "{{ eq .Value }}",
    "{{ Replace .Value }}",
    "{{ ToUpper .zz }}",
    "{{ slice .Value 9 }}",
    '{{ splitList "" "x" | first 1 }}',
  ])("fails on %s, as Go does", (source) => {
    expect(compileTemplate(source)(data)).toBeUndefined();
  });
});

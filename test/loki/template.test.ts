import { describe, expect, it } from "vitest";
import { TemplateError } from "../../shared/loki/template/nodes.ts";
import { compileTemplate } from "../../shared/loki/template/template.ts";

const data = new Map([
  ["app", "a"],
  ["Value", "warn"],
  ["Entry", "  the line "],
  ["empty", ""],
]);

const nowMs = Date.UTC(2024, 5, 15, 12, 30, 0, 250);

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
    ['{{ printf "%.0f|%.1f|%[2]v|%g" 0.5 0.25 }}', "0|0.2|0.25|%!g(MISSING)"],
    ['{{ printf "%*d|%-5s|%x|%t|%c|%U" 4 7 "a" "hi" true 233 }}', "   7|a    |6869|true|é|%!U(MISSING)"],
    ['{{ printf "%d|%s|%z" "a" 1.5 true }}', "%!d(string=a)|%!s(float64=1.5)|%!z(bool=true)"],
    ['{{ printf "%v|%5t|%+d|% x" 1e21 false 5 "ab" }}', "1e+21|false|+5|61 62"],
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
    ['{{ range splitList "," "a,b,c" }}<{{ . }}>{{ end }}', "<a><b><c>"],
    ['{{ range $i, $x := list "a" "b" }}{{ $i }}{{ $x }}{{ end }}{{ .app }}', "0a1ba"],
    ["{{ range $x := list }}x{{ else }}none{{ end }}", "none"],
    ["{{ range .zz }}x{{ else }}none{{ end }}", "none"],
    ['{{ range $k, $v := dict "b" 2 "a" 1 }}{{ $k }}={{ $v }};{{ end }}', "a=1;b=2;"],
    ["{{ range 3 }}{{ . }}{{ end }}{{ range until 2 }}{{ . }}{{ end }}", "01201"],
    [
      "{{ range until 9 }}{{ if eq . 2 }}{{ continue }}{{ end }}{{ if eq . 4 }}{{ break }}{{ end }}{{ . }}{{ end }}",
      "013",
    ],
    ["{{ range list 1 2 }}{{ range list 1 2 }}{{ break }}{{ end }}{{ . }}{{ end }}", "12"],
    ["{{ $n := 0 }}{{ range list 1 2 3 }}{{ $n = add $n . }}{{ end }}{{ $n }}", "6"],
    ['{{ $x := "a" }}{{ if true }}{{ $x := "b" }}{{ $x }}{{ end }}{{ $x }}', "ba"],
    ['{{ $x := "a" }}{{ if true }}{{ $x = "b" }}{{ end }}{{ $x }}', "b"],
    ["{{ with $x := .app }}{{ $x }}{{ . }}{{ end }}{{ if $y := .empty }}x{{ else }}[{{ $y }}]{{ end }}", "aa[]"],
    ["{{ range list 1 }}{{ $.app }}{{ end }}", "a"],
    [
      '{{ $d := dict "a" 1 "b" }}{{ $_ := set $d "c" "x" }}{{ $d }} {{ get $d "c" }}{{ get $d "z" }} {{ hasKey $d "b" }}',
      "map[a:1 b: c:x] x true",
    ],
    ['{{ keys (unset (dict "a" 1 "b" 2) "a") | join "," }} {{ values (dict "b" 2 "a" 1) | join "," }}', "b 1,2"],
    [
      '{{ pluck "a" (dict "a" 1) (dict) (dict "a" 2) | join "," }} {{ pick (dict "a" 1 "b" 2) "a" }} {{ omit (dict "a" 1 "b" 2) "a" }}',
      "1,2 map[a:1] map[b:2]",
    ],
    ['{{ dig "a" "b" "none" (dict "a" (dict "b" "x")) }} {{ dig "a" "z" "none" (dict "a" (dict)) }}', "x none"],
    [
      '{{ merge (dict "a" 1) (dict "a" 2 "b" 3) }} {{ mergeOverwrite (dict "a" 1) (dict "a" 2) }}',
      "map[a:1 b:3] map[a:2]",
    ],
    ['{{ dict "a" (list 1 "x") | toJson }}', '{"a":[1,"x"]}'],
    ["{{ append (list 1) 2 }}{{ prepend (list 1) 2 }}{{ concat (list 1) (list 2 3) }}", "[1 2][2 1][1 2 3]"],
    ["{{ untilStep 0 10 4 }}{{ untilStep 3 0 -1 }}{{ until -2 }}", "[0 4 8][3 2 1][0 -1]"],
    ['{{ now | date "2006-01-02T15:04:05.000Z07:00" }} {{ now | unixEpoch }}', "2024-06-15T12:30:00.250Z 1718454600"],
    ['{{ date "Mon Jan _2 3:04PM 06 002" 0 }}', "Thu Jan  1 12:00AM 70 001"],
    ['{{ dateInZone "2006-01-02 15:04 -07:00 MST" 0 "America/New_York" }}', "1969-12-31 19:00 -05:00 EST"],
    [
      '{{ toDate "2006-01-02" "2024-02-29" | date "02/01/2006" }} {{ toDate "2006-01-02" "x" }}',
      "29/02/2024 0001-01-01 00:00:00 +0000 UTC",
    ],
    [
      '{{ toDate "2006-01-02" "2024-02-29" | dateModify "-1h30m0.5s" | date "2006-01-02 15:04:05.9" }}',
      "2024-02-28 22:29:59.5",
    ],
    [
      '{{ htmlDate 86400 }} {{ duration "3661" }} {{ ago (dateModify "-90s" now) }} {{ duration 0 }}',
      "1970-01-02 1h1m1s 1m30s 0s",
    ],
  ])("runs %s", (source, result) => {
    expect(compileTemplate(source, () => nowMs)(data)).toBe(result);
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
    ['{{ define "x" }}{{ end }}', "not supported"],
    ["{{ range .x }}", "unexpected EOF"],
    ["{{ break }}", "{{break}} outside {{range}}"],
    ["{{ range .x }}{{ else range .y }}{{ end }}", "unexpected token in else"],
    ["{{ if $x := .app }}{{ end }}{{ $x }}", "undefined variable"],
    ["{{ range $i, $x = list }}{{ end }}", "undefined variable"],
    ["{{ now.Year }}", "not supported"],
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

  it.each([
    "{{ range 199999 }}{{ range 199999 }}x{{ end }}{{ end }}",
    "{{ $l := list 1 }}{{ range until 40 }}{{ $l = list $l $l }}{{ end }}{{ $l }}",
    "{{ $l := list 1 }}{{ range until 40 }}{{ $l = concat $l $l }}{{ end }}{{ len $l }}",
    '{{ $s := "x" }}{{ range until 40 }}{{ $s = print $s $s }}{{ end }}{{ len $s }}',
    '{{ $s := repeat 1000 "x" }}{{ $l := list $s }}{{ range until 13 }}{{ $l = concat $l $l }}{{ end }}{{ range until 9000 }}{{ $s = join $s $l }}{{ end }}',
    '{{ $d := dict }}{{ $_ := set $d "self" $d }}{{ $d }}',
    '{{ $d := dict }}{{ $_ := set $d "self" $d }}{{ toJson $d }}',
    "{{ until 100000 }}",
  ])("gives up, quickly, on %s", (source) => {
    const start = performance.now();
    expect(compileTemplate(source)(data)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  it.each(["{{ ToUpper .zz }}", "{{ range .app }}x{{ end }}", "{{ .app.x }}", "{{ div 1 0 }}"])(
    "fails on the data: %s",
    (source) => {
      expect(compileTemplate(source)(data)).toBeUndefined();
    },
  );

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

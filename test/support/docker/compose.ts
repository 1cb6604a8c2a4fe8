import { parse } from "yaml";

type Flags = (value: unknown) => readonly string[];

const each =
  (flag: string): Flags =>
  (value) =>
    (value as readonly unknown[]).map((item) => `--${flag}=${item}`);
const one =
  (flag: string): Flags =>
  (value) => [`--${flag}=${value}`];

/** What a key of a service means for `docker run`. A key that is not here fails, so that none is passed over in silence. */
const flagsOf: Readonly<Record<string, Flags>> = {
  container_name: one("name"),
  network_mode: one("network"),
  env_file: one("env-file"),
  restart: one("restart"),
  stop_grace_period: (value) => [`--stop-timeout=${String(value).replace("s", "")}`],
  read_only: (value) => (value === true ? ["--read-only"] : []),
  environment: (value) => Object.entries(value as object).map(([name, text]) => `--env=${name}=${text}`),
  group_add: each("group-add"),
  security_opt: each("security-opt"),
  cap_drop: each("cap-drop"),
  cap_add: each("cap-add"),
  tmpfs: each("tmpfs"),
  volumes: each("volume"),
};

/**
 * The words of `docker run` for one service of a compose file, its variables filled in as compose does (`${NAME:-default}`): there
 * is no compose engine in tests.
 */
export function composeRun(text: string, service: string, env: Readonly<Record<string, string>>): string[] {
  const filled = text.replaceAll(
    /\$\{(\w+)(?::-([^}]*))?\}/g,
    (_, name: string, fallback = "") => env[name] ?? fallback,
  );
  const { image, command, ...keys } = parse(filled).services[service];
  const flags = Object.entries(keys).flatMap(([key, value]) => {
    const toFlags = flagsOf[key];
    if (!toFlags) throw new Error(`this test does not know how docker run says ${key}`);
    return toFlags(value);
  });
  return ["run", "--detach", ...flags, image, ...command];
}

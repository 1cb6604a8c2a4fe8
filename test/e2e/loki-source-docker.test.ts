import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docker } from "../../daemon/components/loki/source/docker.ts";
import { logsReceiver } from "../../daemon/controller/capsules.ts";
import { decodeArguments, runComponent } from "../support/components/component-stand.ts";
import { canRunDockerd, type Dockerd, startDockerd } from "../support/docker/dockerd.ts";
import { recordingEntries } from "../support/recording-entries.ts";
import { tailStand, until } from "../support/tail-stand.ts";

describe.skipIf(!canRunDockerd)(
  "loki.source.docker and a real Docker engine (needs root, docker.io, busybox-static)",
  () => {
    let engine: Dockerd;
    const stand = tailStand();
    beforeAll(async () => {
      engine = await startDockerd();
    });
    afterAll(async () => {
      await engine?.stop();
      stand.remove();
    });

    function start(ids: readonly string[]) {
      const out = recordingEntries();
      const targets = ids
        .map((id) => `{__meta_docker_container_id = "${id}", container = "${id.slice(0, 6)}"}`)
        .join(", ");
      const text = `host = "${engine.host}"\ntargets = [${targets}]\nforward_to = [out]\nrefresh_interval = "50ms"`;
      const args = decodeArguments(docker.arguments, text, { out: logsReceiver.encode(out.receiver) });
      return { ...out, running: runComponent(docker, args, { storageDir: stand.file("s") }) };
    }

    const box = (...command: readonly string[]) =>
      engine.docker("run", "--detach", "--network=none", "box", ...command);

    it("reads both streams, long lines and a terminal, and goes on within a second without loss or repetition", async () => {
      const count = "i=0; while [ $i -lt 400 ]; do echo line $i; i=$((i+1)); [ $((i % 40)) = 0 ] && sleep 0.1; done";
      const counting = box("sh", "-c", count);
      const long = box("sh", "-c", "head -c 50000 /dev/zero | tr '\\0' x; echo; echo err >&2");
      const terminal = engine.docker("run", "--detach", "--tty", "--network=none", "box", "echo", "from a terminal");
      const ids = [counting, long, terminal];
      const lines: string[] = [];
      for (let round = 0; round < 3 && lines.length < 403; round += 1) {
        const { entries, running } = start(ids);
        await until(() => entries.length >= (round === 2 ? 403 - lines.length : 60));
        await (await running).stop();
        lines.push(...entries.map(({ line }) => line));
      }
      const counted = lines.filter((line) => line.startsWith("line "));
      expect(counted).toEqual(Array.from({ length: 400 }, (_, index) => `line ${index}`));
      expect(lines).toContain("x".repeat(50_000));
      expect(lines.filter((line) => line === "err" || line === "from a terminal")).toHaveLength(2);
      expect(lines).toHaveLength(403);
    });
  },
);

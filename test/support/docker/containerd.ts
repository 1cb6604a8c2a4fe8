import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const busybox = ["/usr/bin/busybox", "/bin/busybox"].find((path) => existsSync(path));

/** Whether containerd can be started here: Debian's containerd and busybox-static, and root. */
export const canRunContainerd = existsSync("/usr/bin/containerd") && busybox !== undefined && process.getuid?.() === 0;

/** A containerd of its own. */
export interface Containerd {
  readonly socket: string;
  /** Starts a container that sleeps, in the namespace k8s.io. */
  run(id: string, labels: Readonly<Record<string, string>>): void;
  stop(): Promise<void>;
}

/** Starts containerd in a temporary directory; it is ready when this resolves. */
export async function startContainerd(): Promise<Containerd> {
  const directory = mkdtempSync(join(tmpdir(), "sluice-containerd-"));
  const socket = join(directory, "containerd.sock");
  const bin = join(directory, "image", "bin");
  mkdirSync(bin, { recursive: true });
  copyFileSync(busybox ?? "", join(bin, "busybox"));
  symlinkSync("busybox", join(bin, "sleep"));
  const config = `
version = 2
root = "${directory}/root"
state = "${directory}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "${socket}"
`;
  writeFileSync(join(directory, "config.toml"), config);
  const child = spawn("containerd", ["--config", join(directory, "config.toml"), "--log-level", "error"], {
    stdio: "ignore",
  });
  const ctr = (...args: readonly string[]) =>
    execFileSync("ctr", ["--address", socket, "--namespace", "k8s.io", ...args], { encoding: "utf8", stdio: "pipe" });
  const started: string[] = [];
  for (let attempt = 0; ; attempt += 1) {
    try {
      ctr("version");
      break;
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return {
    socket,
    run(id, labels) {
      const flags = Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]);
      ctr("run", "--detach", "--rootfs", ...flags, join(directory, "image"), id, "/bin/sleep", "100");
      started.push(id);
    },
    async stop() {
      for (const id of started) ctr("task", "delete", "--force", id);
      child.kill("SIGTERM");
      await once(child, "exit");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

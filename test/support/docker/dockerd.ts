import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const programs = ["/usr/sbin/dockerd", "/usr/bin/dockerd"];
const dockerd = programs.find((path) => existsSync(path));
const busybox = ["/usr/bin/busybox", "/bin/busybox"].find((path) => existsSync(path));

/** Whether a Docker engine can be started here: Debian's docker.io and busybox-static, and root. */
export const canRunDockerd = dockerd !== undefined && busybox !== undefined && process.getuid?.() === 0;

/** A Docker engine of its own with one image, `box`. */
export interface Dockerd {
  /** `unix:///…/docker.sock`. */
  readonly host: string;
  /** Runs the command line client and gives what it printed. */
  docker(...args: readonly string[]): string;
  /** The same for what takes long, while this process goes on. */
  dockerLater(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts dockerd in a temporary directory; it is ready when this resolves. `vfs` works everywhere and copies all of an image for
 * each layer; `overlay2` does not.
 */
export async function startDockerd(driver: "vfs" | "overlay2" = "vfs"): Promise<Dockerd> {
  const directory = mkdtempSync(join(tmpdir(), "sluice-dockerd-"));
  const host = `unix://${directory}/docker.sock`;
  const flags = [
    `--data-root=${directory}/data`,
    `--exec-root=${directory}/exec`,
    `--pidfile=${directory}/pid`,
    `--host=${host}`,
    `--storage-driver=${driver}`,
    "--iptables=false",
    "--ip6tables=false",
    "--bridge=none",
  ];
  const child = spawn(dockerd ?? "", flags, { stdio: "ignore" });
  const docker = (...args: readonly string[]) =>
    execFileSync("docker", ["--host", host, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  await ready(docker);
  importImage(directory, docker);
  return {
    host,
    docker,
    dockerLater: async (...args) => (await promisify(execFile)("docker", ["--host", host, ...args])).stdout.trim(),
    async stop() {
      const containers = docker("ps", "--all", "--quiet").split("\n").filter(Boolean);
      if (containers.length > 0) docker("rm", "--force", ...containers);
      docker("network", "prune", "--force");
      child.kill("SIGTERM");
      await once(child, "exit");
      unmount(directory);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The engine leaves the mount of its network namespace behind. */
function unmount(directory: string): void {
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  for (const mount of mounts.map((line) => line.split(" ")[1] ?? "")) {
    if (mount.startsWith(`${directory}/`)) execFileSync("umount", [mount]);
  }
}

async function ready(docker: Dockerd["docker"]): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    try {
      docker("version");
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error("dockerd did not start");
}

function importImage(directory: string, docker: Dockerd["docker"]): void {
  const bin = join(directory, "image", "bin");
  mkdirSync(bin, { recursive: true });
  copyFileSync(busybox ?? "", join(bin, "busybox"));
  for (const command of ["sh", "sleep", "echo", "dd", "httpd", "mkdir"]) symlinkSync("busybox", join(bin, command));
  execFileSync("tar", ["-C", join(directory, "image"), "-cf", join(directory, "image.tar"), "."]);
  docker("import", join(directory, "image.tar"), "box");
}

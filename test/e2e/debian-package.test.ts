import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { debian } from "../../infra/release/debian/step.ts";
import { canUseOverlayRoot } from "../support/infra/overlay-root.ts";
import { livePackage, type PackageLife } from "../support/infra/package-life.ts";

// Installed over a copy of this host's root that is gone afterwards. systemd is not process 1 here, so the service is started,
// reloaded and stopped by what its unit says: ExecStart with EnvironmentFile, as its user, ExecReload's signal, SIGTERM.
const reason = "skipped where root cannot mount an overlay, or without dpkg and systemd-analyze";

describe.skipIf(!canUseOverlayRoot)(`the Debian package (${reason})`, () => {
  let part: PackageLife;
  beforeAll(async () => {
    part = await livePackage(debian, "deb", { versions: { old: "0.2.0", new: "0.2.1" }, script });
  }, 180_000);

  it("installs a user, a state directory that is only that user's, and settings that only the group reads", () => {
    expect(part("installed")).toContain("Status: install ok installed");
    expect(part("installed")).toContain("700 sluice /var/lib/sluice");
    expect(part("installed")).toContain("640 root:sluice /etc/default/sluice");
    expect(part("installed")).toContain("every file as packed");
    expect(part("installed")).toContain("with compiled code");
  });

  it("has a unit that systemd accepts, with little to attack", () => {
    expect(part("unit")).toMatch(/^verified$/m);
    expect(Number(/exposure level for sluice.service: ([0-9.]+)/.exec(part("unit"))?.[1])).toBeLessThan(2.5);
  });

  it("starts by its unit, as its user", () => {
    expect(part("started")).toContain("Alloy is ready.");
    expect(part("started")).toMatch(
      /^sluice .*sluice\.cjs run --server.http.listen-addr=127.0.0.1:\d+ --storage.path=\/var\/lib\/sluice/m,
    );
  });

  it("reloads, and keeps running when the file has a mistake", () => {
    expect(part("mistake")).toMatch(/config.alloy:8:1: cannot find the definition of component name/);
    expect(part("mistake")).toContain("Alloy is ready.");
    expect(part("reloaded")).toContain("Alloy is ready.");
  });

  it("keeps what the operator wrote and what is stored when it is upgraded", () => {
    expect(part("upgraded")).toContain("Version: 0.2.1");
    expect(part("upgraded")).toContain("// by the operator");
    expect(part("upgraded")).toContain("stored before");
    expect(part("upgraded")).toContain("Alloy is ready.");
  });

  it("leaves settings and data when it is removed, and nothing when it is purged", () => {
    expect(part("removed")).toBe("no program\n/etc/sluice/config.alloy\n/var/lib/sluice/kept");
    expect(part("purged").trim()).toBe("no settings\nno data\nno user");
  });

  it("is documented with the paths that it has", () => {
    const text = readFileSync("docs/linux-packages.md", "utf8");
    for (const path of ["/usr/bin/sluice", "/etc/sluice/config.alloy", "/etc/default/sluice", "/var/lib/sluice"]) {
      expect(text).toContain(path);
    }
  });
});

const unit = "/usr/lib/systemd/system/sluice.service";

const script = `
port=$(shuf -i 20000-29999 -n 1)
start() {
  set -a; . /etc/default/sluice; set +a
  command=$(sed -n 's/^ExecStart=//p' ${unit})
  user=$(sed -n 's/^User=//p' ${unit})
  # systemd splits $CUSTOM_ARGS and $CONFIG_FILE into words, as the shell does.
  eval "exec setpriv --reuid=$user --regid=$user --init-groups $command" >/tmp/log 2>&1 &
  pid=$!
  ready
}
ready() {
  for try in $(seq 200); do
    curl -sf "http://127.0.0.1:$port/-/ready" && return 0
    kill -0 $pid || { cat /tmp/log; exit 1; }
    sleep 0.1
  done
  cat /tmp/log; exit 1
}
stop() { kill -TERM $pid; wait $pid; }
logged() { for try in $(seq 100); do grep -q "$1" /tmp/log && return 0; sleep 0.1; done; cat /tmp/log; exit 1; }

dpkg -i /tmp/old.deb >/tmp/dpkg 2>&1 || { cat /tmp/dpkg; exit 1; }
echo "== installed"
dpkg -s sluice | grep ^Status
stat -c '%a %U %n' /var/lib/sluice
stat -c '%a %U:%G %n' /etc/default/sluice
test -z "$(dpkg -V sluice)" && echo "every file as packed"

test -s /usr/lib/sluice/code.cache && echo "with compiled code"

echo "== unit"
systemd-analyze verify ${unit} && echo verified
systemd-analyze security --offline=true --no-pager ${unit} | tail -2

echo "== started"
sed -i "s/^CUSTOM_ARGS=.*/CUSTOM_ARGS=--server.http.listen-addr=127.0.0.1:$port/" /etc/default/sluice
start
ps -o user=,args= -p $pid

echo "== mistake"
cp /etc/sluice/config.alloy /tmp/good
echo 'nothing { }' >> /etc/sluice/config.alloy
kill -HUP $pid
logged 'nothing'
grep nothing /tmp/log
ready

echo "== reloaded"
cp /tmp/good /etc/sluice/config.alloy
echo '// by the operator' >> /etc/sluice/config.alloy
kill -HUP $pid
ready
stop

echo "== upgraded"
echo 'stored before' > /var/lib/sluice/kept
dpkg -i --force-confold /tmp/new.deb >/tmp/dpkg 2>&1 || { cat /tmp/dpkg; exit 1; }
dpkg -s sluice | grep ^Version
tail -1 /etc/sluice/config.alloy
cat /var/lib/sluice/kept
start
stop

echo "== removed"
dpkg -r sluice >/tmp/dpkg 2>&1
test -e /usr/bin/sluice || echo "no program"
ls /etc/sluice/config.alloy /var/lib/sluice/kept

echo "== purged"
dpkg -P sluice >/tmp/dpkg 2>&1
test -e /etc/default/sluice || test -e /etc/sluice || echo "no settings"
test -e /var/lib/sluice || echo "no data"
getent passwd sluice >/dev/null || echo "no user"
`;

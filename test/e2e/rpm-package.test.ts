import { spawnSync } from "node:child_process";
import { beforeAll, describe, expect, it } from "vitest";
import { rpm } from "../../infra/release/rpm/step.ts";
import { canUseOverlayRoot } from "../support/infra/overlay-root.ts";
import { livePackage, type PackageLife } from "../support/infra/package-life.ts";

const hasRpm = spawnSync("rpm", ["--version"]).status === 0;

// As in debian-package.test.ts. Debian's rpm knows of no package but this one, so what it requires is only listed.
describe.skipIf(!canUseOverlayRoot || !hasRpm)(
  "the RPM package (skipped where root cannot mount an overlay, or without rpm)",
  () => {
    let part: PackageLife;
    beforeAll(async () => {
      part = await livePackage(rpm, "rpm", { versions: { old: "0.2.0-rc.1", new: "0.2.0" }, script });
    }, 180_000);

    it("has digests that rpm accepts, and says what it requires", () => {
      expect(part("checked")).toContain("digests OK");
      expect(part("checked")).toContain("libc.so.6(GLIBC_2.28)(64bit)");
    });

    it("installs every file as packed, a user, and a state directory that is only that user's", () => {
      expect(part("installed")).toContain("every file as packed");
      expect(part("installed")).toContain("700 sluice /var/lib/sluice");
      expect(part("installed")).toContain("640 root:sluice /etc/default/sluice");
      expect(part("installed")).toContain("sluice 0.2.0");
    });

    it("keeps what the operator wrote and what is stored when a release follows its candidate", () => {
      expect(part("upgraded")).toContain("sluice-0.2.0-1");
      expect(part("upgraded")).toContain("// by the operator");
      expect(part("upgraded")).toContain("stored before");
    });

    it("leaves changed settings and data when it is removed", () => {
      expect(part("removed").trim()).toBe("no program\n/etc/sluice/config.alloy.rpmsave\n/var/lib/sluice/kept");
    });
  },
);

const script = `
rpm="rpm --dbpath /tmp/db"
echo "== checked"
rpm -K --nosignature /tmp/old.rpm
rpm -qp --requires /tmp/old.rpm

$rpm -i --nodeps /tmp/old.rpm || exit 1
echo "== installed"
test -z "$($rpm -V --nodeps sluice)" && echo "every file as packed"
stat -c '%a %U %n' /var/lib/sluice
stat -c '%a %U:%G %n' /etc/default/sluice
sluice version

echo "== upgraded"
echo '// by the operator' >> /etc/sluice/config.alloy
echo 'stored before' > /var/lib/sluice/kept
$rpm -U --nodeps /tmp/new.rpm || exit 1
$rpm -q sluice
tail -1 /etc/sluice/config.alloy
cat /var/lib/sluice/kept

echo "== removed"
$rpm -e sluice 2>/tmp/removing
test -e /usr/bin/sluice || echo "no program"
ls /etc/sluice/config.alloy.rpmsave /var/lib/sluice/kept
echo "== end"
`;

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const SCRIPT = resolve(__dirname, "../../../airgap/base-image.sh");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "base-image-script-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs lines of bash in which the script's functions are known. The mirrors named in SERVED answer for Debian. */
function bash(lines: string, variables: Record<string, string> = {}): string {
  const preamble = `source "$SCRIPT"
    work=$FOLDER distribution=Debian suite=bookworm host_suite=bookworm
    host_sources() { printf '%s\\n' "$SOURCES" | sort -u; }
    serves() { case " $SERVED " in *" $1$2 "*) return 0 ;; *) return 1 ;; esac; }
    host_proxy() { if [[ $1 == http ]]; then printf '%s' "\${PROXY:-}"; fi; }
    `;
  const env = { PATH: process.env["PATH"] ?? "", SCRIPT, FOLDER: folder, ...variables };
  return execFileSync("bash", ["-c", preamble + lines], { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

const CHOOSE = 'choose_sources; cat "$work/sources"';

describe("the apt sources of the base image", () => {
  it("are the host's own for this release, the release itself first, each with all its components", () => {
    const sources = bash(CHOOSE, {
      SOURCES: [
        "http://m.example/security/|bookworm-security|main",
        "http://m.example/debian/|bookworm|main",
        "http://m.example/debian/|bookworm|contrib",
        "http://m.example/debian/|bookworm-updates|main",
      ].join("\n"),
      SERVED:
        "http://m.example/security/bookworm-security http://m.example/debian/bookworm http://m.example/debian/bookworm-updates",
    });
    expect(sources.trim().split("\n")).toEqual([
      "http://m.example/debian/ bookworm contrib main",
      "http://m.example/debian/ bookworm-updates main",
      "http://m.example/security/ bookworm-security main",
    ]);
  });

  it("leave out a vendor's packages for the release, and files", () => {
    const sources = bash(CHOOSE, {
      SOURCES:
        "http://a-vendor.example/|bookworm|main\nfile:/srv/debian/|bookworm|main\nhttp://m.example/debian/|bookworm|main",
      SERVED: "http://m.example/debian/bookworm file:/srv/debian/bookworm",
    });
    expect(sources).toBe("http://m.example/debian/ bookworm main\n");
  });

  it("offer bookworm to a host of another release, where its mirror has it", () => {
    const sources = bash(`host_suite=trixie; ${CHOOSE}`, {
      SOURCES: "http://m.example/debian/|trixie|main\nhttp://m.example/debian/|trixie-backports|main",
      SERVED: "http://m.example/debian/bookworm http://m.example/debian/trixie",
    });
    expect(sources).toBe("http://m.example/debian/ bookworm main\n");
  });

  it("follow a cloud image's list of mirrors", () => {
    const list = join(folder, "mirrors.list");
    writeFileSync(list, "# mirrors\nhttp://near.example/debian\tpriority:1\nhttp://far.example/debian\n");
    const sources = bash(CHOOSE, {
      SOURCES: `mirror+file:${list}|bookworm|main`,
      SERVED: "http://near.example/debian/bookworm",
    });
    expect(sources).toBe("http://near.example/debian/ bookworm main\n");
  });

  it("are missed with a message when no mirror has the release", () => {
    expect(() => bash(CHOOSE, { SOURCES: "http://m.example/debian/|bookworm|main", SERVED: "" })).toThrow(
      "no apt source of this machine serves Debian bookworm",
    );
  });
});

describe("the host's proxy", () => {
  const carried = (proxy: string) =>
    bash(
      `apt-config() { :; }; mkdir -p "$work/root/etc/apt/apt.conf.d"; carry_proxies 2>/dev/null; cat "$work/root/etc/apt/apt.conf.d/90lab-host" 2>/dev/null || true`,
      { PROXY: proxy },
    );

  it("comes along", () => {
    expect(carried("http://proxy.example:3128/")).toBe('Acquire::http::Proxy "http://proxy.example:3128/";\n');
  });

  it.each(["http://me:secret@proxy.example:3128/", "http://127.0.0.1:3142", "http://localhost:3142", ""])(
    "stays here: %j",
    (proxy) => {
      expect(carried(proxy)).toBe("");
    },
  );
});

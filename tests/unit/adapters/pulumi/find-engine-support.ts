import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { EngineSources } from "../../../../adapters/pulumi/engine/find-engine";
import type { EngineOptions, PluginRequirement } from "../../../../adapters/pulumi/engine/types";
import type { Reporter } from "../../../../core/command-context";

export const PLUGINS: readonly PluginRequirement[] = [
  { name: "docker", version: "5.2.0" },
  { name: "tls", version: "5.6.1" },
];

/** Notes what it is told. */
export class RecordingReporter implements Reporter {
  readonly lines: string[] = [];
  readonly details: string[] = [];

  async task<T>(title: string, work: (update: (detail: string) => void) => Promise<T>): Promise<T> {
    this.lines.push(`task: ${title}`);
    return await work((detail) => this.details.push(detail));
  }

  info(line: string): void {
    this.lines.push(line);
  }

  warn(line: string): void {
    this.lines.push(`warning: ${line}`);
  }
}

/** A clone, a cache and a PATH of their own in a temporary folder, with stand-ins for `pulumi` and `go`. */
export class Sandbox {
  readonly root = mkdtempSync(join(tmpdir(), "engine-finder-"));
  readonly reporter = new RecordingReporter();
  readonly probes: string[] = [];
  readonly pluginHomes: string[] = [];
  reachable: string[] = [];
  installer: (root: string) => void = () => {};

  constructor() {
    for (const module of ["pulumi", "language-host"]) {
      this.write(
        `clone/airgap/toolchain/${module}/go.mod`,
        "module example\n\ngo 1.25.11\n\nrequire (\n\ta.example/b v1.0.0\n)\n",
      );
      this.write(`clone/airgap/toolchain/${module}/go.sum`, "a.example/b v1.0.0 h1:x=\n");
    }
    this.write("clone/airgap/language-host.sh", "#!/bin/sh\n");
    for (const name of ["docker", "tls"]) {
      mkdirSync(this.path(`clone/airgap/plugins/${name}`), { recursive: true });
    }
    mkdirSync(this.path("bin"));
  }

  path(name: string): string {
    return join(this.root, name);
  }

  write(name: string, text: string): string {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  /** A program of that name; it adds its arguments to the log before it does `body`. */
  program(name: string, body: string): string {
    const file = this.write(name, `#!/bin/sh\necho "${name} $*" >> "${this.path("log")}"\n${body}\n`);
    chmodSync(file, 0o755);
    return file;
  }

  /** A pulumi with its language host in `folder`, which has the given plugins. */
  pulumi(folder: string, version = "v3.260.0", plugins: readonly PluginRequirement[] = PLUGINS): string {
    const listing = JSON.stringify(plugins.map((plugin) => ({ ...plugin, kind: "resource" })));
    this.program(`${folder}/pulumi-language-nodejs`, "");
    return this.program(
      `${folder}/pulumi`,
      `case "$1 $2" in "version "*) echo "${version}" ;; "plugin ls") echo '${listing}' ;; esac`,
    );
  }

  /** A Go whose builds are small scripts. `before` runs first of all in each build. */
  go(before = "", version = "go1.26.8"): void {
    this.program(
      "bin/go",
      `case "$1" in
version) echo "go version ${version} linux/amd64" ;;
list) echo "go: downloading a.example/b v1.0.0" >&2; printf 'fmt\\na.example/b\\n' ;;
build)
  ${before}
  echo "$GOFLAGS $GOTOOLCHAIN $CGO_ENABLED" >> "${this.path("go-variables")}"
  echo a.example/b >&2
  while [ "$1" != -o ]; do shift; done
  printf '#!/bin/sh\\nexit 1\\n' > "$2" && chmod +x "$2" ;;
esac`,
    );
  }

  get log(): string[] {
    return this.read("log");
  }

  read(name: string): string[] {
    try {
      return readFileSync(this.path(name), "utf8").trim().split("\n");
    } catch {
      return [];
    }
  }

  options(changes: Partial<EngineOptions> = {}, variables: Record<string, string> = {}): EngineOptions {
    return {
      labDirectory: this.path("clone/.lab"),
      programDirectory: this.path("clone"),
      plugins: PLUGINS,
      environment: {
        PATH: `${this.path("bin")}:/usr/bin:/bin`,
        HOME: this.root,
        PULUMI_HOME: this.path("user-home"),
        XDG_CACHE_HOME: this.path("cache"),
        ...variables,
      },
      reporter: this.reporter,
      ...changes,
    };
  }

  get sources(): EngineSources {
    return {
      network: {
        probe: async (url) => {
          this.probes.push(url);
          const reachable = this.reachable.some((host) => url.includes(host));
          return { reachable, detail: reachable ? "answered in 0.1 s" : "no answer within 5 s" };
        },
        installOfficial: async (root) => this.installer(root),
      },
      installPlugins: async (home) => {
        this.pluginHomes.push(home);
        for (const { name, version } of PLUGINS) {
          mkdirSync(join(home, "plugins", `resource-${name}-v${version}`), { recursive: true });
        }
        return { installed: [] };
      },
    };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

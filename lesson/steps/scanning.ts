import { DECLARED } from "../names";
import type { Cause, Check, CommandTask, Demand, LessonStep, ProofTask, Task } from "../types";

/** Verify scans the declared image under its own name: a scan changes nothing about it. */
const IMAGE = `${DECLARED.hello}:v0.1`;
const FINDINGS = ".Results[]? | .Vulnerabilities[]?, .Secrets[]?, .Misconfigurations[]?, .Licenses[]?";

/** A sample database says so in its metadata. It must not be taken for a real one, in any verdict that used it. */
export const SAMPLE_DATABASE: ProofTask = {
  kind: "proof",
  command: `jq --raw-output '.Sample // empty' "$(printenv TRIVY_CACHE_DIR || echo ~/.cache/trivy)/db/metadata.json"`,
  checks: [],
  note: "Trivy searched a sample database: ",
};

/** Why Trivy cannot read an image on the node. Trivy 0.74.0 takes the compression of its first layer for that of all. */
const UNREADABLE: readonly Cause[] = [
  {
    matches: "failed to extract the archive: archive/tar: invalid tar header",
    found:
      "Trivy cannot read an image that has compressed and uncompressed layers, as in the image store of containerd, " +
      'which Docker 29 uses by default. In /etc/docker/daemon.json of the node, set "features": ' +
      '{"buildkit": true, "containerd-snapshotter": false}, run: systemctl restart docker, and build the image again',
  },
];

/** Step 6: known security holes. */
export function scanning(registryImage: string): LessonStep {
  return {
    id: "6",
    title: "Image scanning",
    needs: ["3"],
    text: `Every image carries a piece of an operating system, and with it that system's security holes. Scan images while you build them:

- You learn of a hole before it is in use, when it costs least to fix.
- Many standards (PCI DSS, HIPAA, the GDPR) ask for such checks, and for a proof that they were made.
- A scanner is a command like any other, so your build pipeline can run it every time.
- Who uses your images can rely on them.

[Trivy](https://trivy.dev) is a free scanner of Aqua Security. It reads the lists of packages inside container images, file systems and
Git repositories, and compares them with a database of published holes; it also finds passwords and keys left in files.

Older instructions install it with \`apt-key\` and Trivy's own apt repository. That does not work any more: today's Debian and Ubuntu have no
\`apt-key\`, and the repository keeps the newest version only, so nobody can rely on getting the same one again. On your machine
Trivy is there already, in a version whose checksum was compared, together with its database and with \`wget\`, \`gnupg\`,
\`lsb-release\` and \`jq\`. Java archives are found by what Maven wrote into them. To find others as well, let Trivy download its large
database of Java: \`TRIVY_SKIP_JAVA_DB_UPDATE=false trivy image NAME\`.`,
    tasks: [...installed(), ...scans(), ...filtered(registryImage), failing()],
    closing: `This scan's exit code is 1 if there is a critical finding and 0 if there is none. A pipeline stops at an exit code that is not 0: such an image
is never published. (\`echo $?\` shows the exit code of the last command.)

Trivy does far more than this: its [documentation](https://trivy.dev/docs/latest/) tells.`,
  };
}

function installed(): Task[] {
  return [
    {
      kind: "command",
      text: "See that it is there:",
      command: "trivy --version",
      checks: [{ expected: "Trivy's version", matches: ["^Version: \\d+\\.\\d+\\.\\d+"] }],
      example: "Version: 0.74.0",
    },
    {
      kind: "proof",
      command: "type wget gpg lsb_release jq",
      checks: [],
    },
  ];
}

/** The whole report, as a table and as JSON. */
function scans(): Task[] {
  return [
    {
      kind: "command",
      text: "Scan the image that you have built. The first scan of an image takes some seconds, the next ones hardly any. (The reports on this page are of an image built on Debian; yours will name other packages.)",
      command: `trivy image ${IMAGE}`,
      checks: [reportOf(IMAGE)],
      causes: UNREADABLE,
      example: table("Total: 1 (UNKNOWN: 0, LOW: 0, MEDIUM: 0, HIGH: 0, CRITICAL: 1)"),
    },
    SAMPLE_DATABASE,
    {
      kind: "command",
      text: "Trivy writes other formats too, also into a file. This is the report as JSON,",
      command: `trivy image -f json -o results.json ${IMAGE}`,
      checks: [],
    },
    {
      kind: "command",
      text: "which `jq` prints nicely:",
      command: "cat results.json | jq",
      checks: [
        {
          expected: "a report on the packages of the image, as JSON",
          matches: [`^ *"ArtifactName": "${IMAGE}"`, '"Class": "os-pkgs"'],
        },
      ],
      example: `{
  "SchemaVersion": 2,
  "ArtifactName": "${IMAGE}",
  "ArtifactType": "container_image",
  "Results": [
    {
      "Target": "${IMAGE} (debian 12.15)",
      "Class": "os-pkgs",
      "Type": "debian"
    }
  ]
}`,
    },
  ];
}

/** Only what matters most, of an image that is not on this machine. */
function filtered(registryImage: string): Task[] {
  const host = registryHost(registryImage);
  const command = (image: string) => `trivy image --severity HIGH,CRITICAL ${image}`;
  const demand = (image: string): Demand => ({
    checks: [
      reportOf(image),
      { expected: "no findings but HIGH and CRITICAL ones", lacks: ["^Total: .*(UNKNOWN|LOW|MEDIUM): "] },
    ],
  });
  const registryScan: CommandTask = {
    kind: "command",
    text: "Mostly you want to see `HIGH` and `CRITICAL` findings only. Trivy can also scan an image straight from its registry:",
    command: command(registryImage),
    ...demand(registryImage),
    example: table("Total: 1 (HIGH: 0, CRITICAL: 1)", registryImage),
    alternative: {
      probe: `curl --silent --show-error --output /dev/null --write-out '%{http_code}' --connect-timeout 3 --max-time 5 ${host.url}/v2/ | grep -E '^(200|401)$'`,
      command: command(IMAGE),
      note: `The registry ${host.name} did not answer from the node: ${IMAGE} was scanned instead of ${registryImage}.`,
      ...demand(IMAGE),
    },
  };
  const severities = `[${FINDINGS} | .Severity]`;
  return [
    registryScan,
    {
      kind: "proof",
      command: `trivy --quiet image --severity HIGH,CRITICAL -f json ${IMAGE} | jq --slurpfile all results.json '{found: (${severities} | sort), wanted: ([$all[0] | ${severities}[] | select(. == "HIGH" or . == "CRITICAL")] | sort)} | .same = (.found == .wanted)'`,
      checks: [
        { expected: "just those findings of results.json that are HIGH or CRITICAL", contains: ['"same": true'] },
      ],
    },
  ];
}

/** As a pipeline runs it. */
function failing(): Task {
  return {
    kind: "command",
    text: "In a pipeline, let the scan fail when it finds something critical:",
    command: `trivy image --exit-code 1 --severity CRITICAL ${IMAGE}`,
    exitCode: {
      expected: "exit code 1 if results.json has CRITICAL findings, else 0",
      printedBy: `jq 'if any(${FINDINGS}; .Severity == "CRITICAL") then 1 else 0 end' results.json`,
    },
    checks: [reportOf(IMAGE)],
    example: table("Total: 1 (CRITICAL: 1)"),
  };
}

/** A report in Trivy's table form, about this image. */
export function reportOf(image: string): Check {
  return { expected: `a report on ${image}`, contains: ["Report Summary", image] };
}

function table(total: string, image = IMAGE): string {
  const target = `${image} (debian 12.15)`;
  const line = "─".repeat(target.length + 2);
  return `Report Summary

┌${line}┬────────┬─────────────────┬─────────┐
│ ${"Target".padEnd(target.length)} │  Type  │ Vulnerabilities │ Secrets │
├${line}┼────────┼─────────────────┼─────────┤
│ ${target} │ debian │        1        │    -    │
└${line}┴────────┴─────────────────┴─────────┘

${target}
${"=".repeat(target.length)}
${total}

┌─────────┬────────────────┬──────────┬───────────────────────────────────┐
│ Library │ Vulnerability  │ Severity │               Title               │
├─────────┼────────────────┼──────────┼───────────────────────────────────┤
│ zlib1g  │ CVE-2023-45853 │ CRITICAL │ zlib: integer overflow in MiniZip │
└─────────┴────────────────┴──────────┴───────────────────────────────────┘`;
}

/** Where an image comes from. */
interface RegistryHost {
  /** As in the image's name; `docker.io` when it names none. */
  readonly name: string;
  readonly url: string;
}

/** The registry of an image, by Docker's rules: the first part is one when it has a dot or a colon, or is `localhost`. */
export function registryHost(image: string): RegistryHost {
  const slash = image.indexOf("/");
  const first = slash < 0 ? "" : image.slice(0, slash);
  const name = /[.:]/.test(first) || first === "localhost" ? first : "docker.io";
  const host = name === "docker.io" ? "registry-1.docker.io" : name;
  return { name, url: `${/^(localhost|127\.)/.test(name) ? "http" : "https"}://${host}` };
}

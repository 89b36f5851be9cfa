/**
 * The floors of the code, from the lowest: an import goes to a lower floor, or stays on its own. `airgap` has rules of its
 * own below.
 */
const FLOORS = [
  ["core", "config"],
  ["adapters"],
  ["lesson", "cloud-init"],
  ["components"],
  ["portal", "cli/ui", "cli/workflows"],
  ["cli/commands"],
];

const inside = (folders) => `^(${folders.join("|")})/`;

const upward = FLOORS.slice(0, -1).map((rooms, floor) => ({
  name: `no-import-upward-from-${rooms.join("-").replaceAll("/", "-")}`,
  severity: "error",
  from: { path: inside(rooms) },
  to: { path: inside(FLOORS.slice(floor + 1).flat()) },
}));

module.exports = {
  forbidden: [
    ...upward,
    { name: "no-cycle", severity: "error", from: {}, to: { circular: true } },
    {
      name: "airgap-is-for-adapters-pulumi",
      severity: "error",
      from: { pathNot: "^(adapters/pulumi|airgap)/" },
      to: { path: "^airgap/" },
    },
    {
      // Our docker plugin reaches a Docker Engine as `lab` does: by the same config, certificates and ssh.
      name: "airgap-knows-no-classes",
      severity: "error",
      from: { path: "^airgap/" },
      to: {
        path: "^(?!airgap/|adapters/docker/connection/|sdks/|node_modules/)",
        dependencyTypesNot: ["core", "npm", "npm-dev"],
      },
    },
    {
      name: "docker-connection-imports-nothing-of-ours",
      severity: "error",
      from: { path: "^adapters/docker/connection/" },
      to: { path: "^(?!adapters/docker/connection/|node_modules/)", dependencyTypesNot: ["core", "npm", "npm-dev"] },
    },
    { name: "portal-does-not-import-cli", severity: "error", from: { path: "^portal/" }, to: { path: "^cli/" } },
    {
      name: "core-and-config-are-said-without-pulumi",
      severity: "error",
      from: { path: "^(core|config|lesson|cloud-init|portal)/" },
      to: { path: "^(node_modules/@pulumi|sdks)/" },
    },
    {
      // `lab` installs itself without them. @types packages have no code.
      name: "no-development-package-at-run-time",
      severity: "error",
      from: { pathNot: "^node_modules/" },
      to: { dependencyTypes: ["npm-dev"], pathNot: "^node_modules/@types/" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    moduleSystems: ["cjs", "es6"],
  },
};

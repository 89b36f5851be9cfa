import { expect, test } from "vitest";
import { parseConfig } from "../../../config/parse";
import type { RawConfig } from "../../../config/settings";

function problemsOf(raw: RawConfig): readonly string[] {
  const result = parseConfig(raw);
  return result.ok ? [] : result.problems;
}

test.each<[RawConfig]>([
  [{ images: { delivery: "registry" } }],
  [{ images: { delivery: "registry", registry: "registry.example/class" } }],
  [{ images: { delivery: "registry", registryPort: "5002" }, seats: 3 }],
  [{ images: { registryPort: 2201 } }],
  [{ target: "aws", aws: { allowedCidrs: "203.0.113.0/24" }, images: { delivery: "registry", registryPort: 2201 } }],
  [{ images: { mirror: "http://mirror.example:5000" } }],
  [{ images: { mirror: "class", mirrorPort: 5010, mirrorOf: "https://mirror.example" } }],
])("takes %j", (raw) => {
  expect(problemsOf(raw)).toEqual([]);
});

test.each<[RawConfig, string]>([
  [{ images: { delivery: "push" } }, 'images.delivery: must be "build" or "registry", not "push"'],
  [
    { images: { registry: "registry.example" } },
    'images.registry: must not be set unless images.delivery is "registry"',
  ],
  [
    { images: { delivery: "registry", registry: "ana/class" } },
    'images.registry: must be a registry\'s host with optional port and path, such as registry.example.org/class, not "ana/class"',
  ],
  [
    { images: { delivery: "registry", registryPort: 2203 }, seats: 3 },
    "images.registryPort: 2203 is a seat's SSH port; the seats use ports 2201 to 2203",
  ],
  [
    { images: { delivery: "registry", registryPullPort: 2201 } },
    "images.registryPullPort: 2201 is a seat's SSH port; the seats use ports 2201 to 2201",
  ],
  [
    { images: { delivery: "registry", registryPort: 5003 } },
    "images.registryPullPort: must not be the same port as images.registryPort",
  ],
  [
    { images: { mirror: "https://ana:secret@mirror.example" } },
    'images.mirror: must be "class", or a mirror\'s URL without user name and path, such as https://mirror.example.org, not "https://ana:secret@mirror.example"',
  ],
  [
    { images: { mirror: "class", mirrorOf: "docker.io" } },
    'images.mirrorOf: must be a registry\'s URL without user name and path, such as https://registry-1.docker.io, not "docker.io"',
  ],
  [
    { target: "aws", aws: { allowedCidrs: "203.0.113.0/24" }, images: { mirror: "class" } },
    'images.mirror: must be a URL for the target aws: "class" runs a mirror on the one Docker Engine of all nodes',
  ],
  [
    { docker: { hosts: "unix:///var/run/docker.sock,ssh://ana@server" }, images: { mirror: "class" } },
    'images.mirror: must be a URL for a class on several docker.hosts: "class" runs a mirror on the one Docker Engine of all nodes',
  ],
])("refuses %j", (raw, problem) => {
  expect(problemsOf(raw)).toEqual([problem]);
});

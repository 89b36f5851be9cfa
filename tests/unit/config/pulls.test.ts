import { expect, test } from "vitest";
import { parseConfig } from "../../../config/parse";
import { pullsOf } from "../../../config/pulls";
import type { LabConfig } from "../../../config/schema";
import type { RawConfig } from "../../../config/settings";

function configOf(raw: RawConfig): LabConfig {
  const result = parseConfig(raw);
  if (!result.ok) {
    throw new Error(result.problems.join("\n"));
  }
  return result.config;
}

const AIR_GAPPED = { baseImage: "lab-nodes/base:trixie" };
const AWS = { target: "aws", aws: { allowedCidrs: "203.0.113.0/24" } };

test.each<[string, number, RawConfig]>([
  ["the machines' image once, two base images a seat", 1 + 2 * 20, { seats: 20 }],
  ["one base image a seat on Debian", 1 + 20, { seats: 20, images: { base: "debian" } }],
  ["a mirror asks once for all nodes", 1 + 2, { seats: 20, images: { mirror: "http://mirror.example" } }],
  ["nodes with a folder of artefacts ask for nothing", 1, { seats: 20, artefacts: { directory: "/srv/class" } }],
  ["through a registry: once for all", 1 + 2, { seats: 20, images: { delivery: "registry" } }],
  [
    "through a registry, on Debian: machines and images start from one",
    1,
    { seats: 20, images: { delivery: "registry", base: "debian" } },
  ],
  [
    "what this machine has made is not asked for",
    0,
    { seats: 20, local: AIR_GAPPED, images: { delivery: "registry", base: "debian" } },
  ],
  ["another registry's base image is none of Docker Hub's", 2, { local: { baseImage: "registry.example/debian:12" } }],
  ["at AWS machines come from no registry", 2 * 20, { ...AWS, seats: 20 }],
  ["at AWS, the registry's own image and the bases", 1 + 2, { ...AWS, seats: 20, images: { delivery: "registry" } }],
  [
    "at AWS, an existing registry",
    2,
    { ...AWS, seats: 20, images: { delivery: "registry", registry: "r.example/class" } },
  ],
])("%s", (_, pulls, raw) => {
  expect(pullsOf(configOf(raw))).toBe(pulls);
});

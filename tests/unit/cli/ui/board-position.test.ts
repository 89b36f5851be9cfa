import { describe, expect, it } from "vitest";
import type { Phase } from "../../../../cli/ui/board/model";
import { positionOf } from "../../../../cli/ui/board/position";
import { urnOf } from "./recordings";

describe("positionOf", () => {
  const cases: readonly (readonly [string, string, string, string, Phase | undefined])[] = [
    ["docker:index/container:Container", "node1", "node1", "primary", "machine"],
    ["aws:ec2/instance:Instance", "seat01-node1", "seat01", "primary", "machine"],
    ["docker:index/volume:Volume", "seat01-node1-docker-data", "seat01", "supporting", "machine"],
    ["cloudinit:index/config:Config", "seat01-node1-user-data", "seat01", "supporting", "machine"],
    ["tls:index/privateKey:PrivateKey", "seat01-node1-host-key", "seat01", "supporting", "machine"],
    ["command:remote:Command", "seat12-node1-ready", "seat12", "gate", "cloud-init"],
    ["pulumi:providers:docker", "seat01-node1-engine", "seat01", "untimed", "Docker"],
    ["command:remote:Command", "node1-base-images", "node1", "primary", "base images"],
    ["docker:index/image:Image", "seat01-node1-hello-v0.1", "seat01", "primary", "hello:v0.1"],
    ["docker:index/image:Image", "seat01-node2-figlet", "seat01-node2", "primary", "figlet"],
    ["docker:index/container:Container", "spare01-node1", "spare01", "primary", "machine"],
    ["lab-nodes:index:LabNode", "seat01-node1", "seat01", "untimed", undefined],
  ];
  it.each(cases)("%s %s is on row %s, %s of %s", (type, name, row, role, phase) => {
    expect(positionOf(urnOf(type, name))).toMatchObject({ row, node: expect.any(String), role, cell: phase });
  });

  it("all else belongs to the class", () => {
    expect(positionOf(urnOf("docker:index/image:Image", "lab-node-image"))).toMatchObject({
      row: "class",
      node: undefined,
      cell: "lab-node-image",
      role: "primary",
    });
    expect(positionOf("urn:pulumi:t::lab-nodes::pulumi:providers:docker::default_5_2_0")).toMatchObject({
      row: "class",
      node: undefined,
      cell: undefined,
      role: "untimed",
    });
  });
});

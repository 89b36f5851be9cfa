import { group, ruleFor } from "./resource";

const IMAGE = "docker:index/image:Image";
const CONTAINER = "docker:index/container:Container";
const REMOTE_COMMAND = "command:remote:Command";
/** On a node behind a server, ssh is run here. */
const LOCAL_COMMAND = "command:local:Command";

/** Rules about images and containers. */
export const DOCKER_RULES = [
  ruleFor(
    [IMAGE],
    { name: "platform-set", description: "Images are built for a platform that is named." },
    ({ build }) =>
      /^linux\/(amd64|arm64)$/.test(String(group(build)["platform"]))
        ? []
        : [
            "build.platform must be linux/amd64 or linux/arm64: without it the image is for the machine that runs Pulumi",
          ],
  ),
  ruleFor(
    [IMAGE, CONTAINER, REMOTE_COMMAND, LOCAL_COMMAND],
    { name: "pinned-images", description: "Images from a registry are named by their digest." },
    (props, type) =>
      sourcesOf(props, type)
        .filter((source) => !isPinned(source))
        .map((source) => `${source} must be named by its digest: what a tag means changes`),
  ),
];

/** Images that a resource takes from elsewhere. */
function sourcesOf(props: Readonly<Record<string, unknown>>, type: string): string[] {
  if (type === CONTAINER) {
    return [String(props["image"])];
  }
  if (type === IMAGE) {
    const { BASE } = group(group(props["build"])["args"]);
    return typeof BASE === "string" ? [BASE] : [];
  }
  const { LAB_BASE_IMAGES } = group(props["environment"]);
  // One line an image: what it is called on the node, and what it is.
  return typeof LAB_BASE_IMAGES === "string"
    ? LAB_BASE_IMAGES.split("\n").flatMap((line) => line.split(" ")[1] ?? [])
    : [];
}

/** By digest, or one of the lab's own: those are made on the machine and never pulled. */
function isPinned(source: string): boolean {
  return /@sha256:[0-9a-f]{64}$/.test(source) || source.startsWith("lab-nodes/");
}

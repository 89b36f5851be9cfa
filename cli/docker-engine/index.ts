export { type BaseImage, ensureBaseImage } from "./base-image";
export { dockerHost } from "./docker-host";
export { ensureDockerEngine } from "./ensure";
export { readDockerEngine } from "./read";
export { registryReachable } from "./registry";

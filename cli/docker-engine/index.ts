export { type BaseImage, ensureBaseImage } from "./base-image";
export { ensureDockerEngine } from "./ensure";
export { registryReachable } from "./registry";

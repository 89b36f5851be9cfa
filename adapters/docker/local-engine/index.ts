export { BASE_IMAGE, ensureBaseArchive, ensureBaseImage } from "./base-image";
export { ensureDockerEngine } from "./ensure";
export { registryReachable } from "./registry";

/** Label of everything that a stack has on a Docker Engine: what is not labelled with it is none of ours. */
export const STACK_LABEL = "lab-nodes.stack";

/** Label of a container or volume with its place in the class: the seat it was made for, or the spare it is. */
export const SEAT_LABEL = "lab-nodes.seat";

/** Filter of the Docker Engine's API for what belongs to a stack. */
export function ofStack(stack: string): { label: string[] } {
  return { label: [`${STACK_LABEL}=${stack}`] };
}

/** Name of a container as people write it: the API puts a slash before it. */
export function containerName({ Id, Names }: { readonly Id: string; readonly Names: readonly string[] }): string {
  return (Names[0] ?? Id).replace(/^\//, "");
}

/** Name of a node's container. */
export function nodeContainerName(stack: string, node: string): string {
  return `lab-${stack}-${node}`;
}

/** Name of the container of a stack's own mirror. */
export function mirrorContainerName(stack: string): string {
  return `lab-${stack}-mirror`;
}

/** Name of the container of a stack's own registry. */
export function registryContainerName(stack: string): string {
  return `lab-${stack}-registry`;
}

/** Name of the network of a stack's own registry. */
export function registryNetworkName(stack: string): string {
  return registryContainerName(stack);
}

/** Name of a stack's volume with artefacts, on a host where its folder of them is not. */
export function artefactVolumeName(stack: string): string {
  return `lab-${stack}-artefacts`;
}

/** Where an image comes from. */
export interface RegistryHost {
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

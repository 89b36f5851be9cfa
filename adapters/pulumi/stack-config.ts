import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMap, parseDocument, Scalar } from "yaml";
import { settingsOf } from "../../config/settings";
import { LabError } from "../../core/errors";

const PROJECT = "lab-nodes";

/** A stack's settings file, `Pulumi.<stack>.yaml`: the same one that plain `pulumi config` reads and writes. */
export class StackConfig {
  readonly #file: string;

  constructor(programDirectory: string, stack: string) {
    this.#file = join(programDirectory, `Pulumi.${stack}.yaml`);
  }

  /** False until the stack was made. */
  exists(): boolean {
    return existsSync(this.#file);
  }

  /** The settings of a namespace, ours unless another is named, without its name. Rejects a file that is no valid YAML. */
  read(namespace = PROJECT): Record<string, unknown> {
    const document = this.#document();
    const config: unknown = document.get("config");
    return isMap(config) ? { ...settingsOf(namespace, config.toJSON() as Record<string, unknown>) } : {};
  }

  /** Sets the given values, by full name such as `local.sshPort`, and leaves everything else, comments included, as it is. */
  write(values: ReadonlyMap<string, string | number>): void {
    const document = this.#document();
    if (!isMap(document.get("config"))) {
      // `config:` with nothing under it is how a file looks whose last setting was deleted manually.
      document.set("config", document.createNode({}));
    }
    for (const [name, value] of values) {
      const [section = name, ...rest] = name.split(".");
      document.setIn(["config", `${PROJECT}:${section}`, ...rest], scalarOf(value));
    }
    this.#save(document.toString());
  }

  /** Removes a setting, by full name. */
  forget(name: string): void {
    const document = this.#document();
    const [section = name, ...rest] = name.split(".");
    const path = ["config", `${PROJECT}:${section}`, ...rest];
    if (document.hasIn(path)) {
      document.deleteIn(path);
      this.#save(document.toString());
    }
  }

  /** Shows whether a passphrase fits; undefined for a stack that was not made with one. */
  salt(): unknown {
    return this.#document().get("encryptionsalt");
  }

  /**
   * Drops the encryption salt of a stack that is to be recreated, with another passphrase perhaps. A file that holds
   * encrypted settings keeps it: without it they could never be read again.
   */
  forgetEncryption(): void {
    const document = this.#document();
    if (document.has("encryptionsalt") && !/^\s+secure:/m.test(document.toString())) {
      document.delete("encryptionsalt");
      this.#save(document.toString());
    }
  }

  #save(text: string): void {
    // Renamed into place: an interrupted write must not cost the stack its encryption salt.
    writeFileSync(`${this.#file}.new`, text);
    renameSync(`${this.#file}.new`, this.#file);
  }

  #document() {
    const document = parseDocument(this.exists() ? readFileSync(this.#file, "utf8") : "");
    const [problem] = document.errors;
    if (problem !== undefined) {
      throw new LabError(`${this.#file} is not valid YAML: ${problem.message}`, { exitCode: 2 });
    }
    return document;
  }
}

/** Pulumi's YAML is of an older kind, in which a time without quotes is no text. */
function scalarOf(value: string | number): Scalar {
  const scalar = new Scalar(value);
  if (typeof value === "string" && /^\d{4}-\d/.test(value)) {
    scalar.type = Scalar.QUOTE_DOUBLE;
  }
  return scalar;
}

import {
  type CheckRequest,
  CheckResponse,
  type ConfigureRequest,
  ConfigureResponse,
  type DiffRequest,
  type DiffResponse,
  CheckFailure as FailureMessage,
} from "@pulumi/pulumi/proto/provider_pb";
import { diffResponse } from "./detailed-diff";
import { compareInputs } from "./differences";
import { containsUnknown, decodeConfiguration } from "./properties";
import type { CheckFailure, ConfigureContext, Provider } from "./provider";
import { refuseUnknownInputs } from "./refusals";
import type { Runtime } from "./runtime";

/** The provider's own resource: its arguments, and the client made from them. */
export class Configuration<Client> {
  #client: { readonly value: Client } | undefined;

  constructor(
    readonly provider: Provider<Client>,
    readonly runtime: Runtime,
  ) {}

  /** Refuses arguments that are not implemented. The engine gets them back untouched: it keeps notes of its own there. */
  async check(request: CheckRequest): Promise<CheckResponse> {
    const failures = refuseUnknownInputs(decodeConfiguration(request.getNews()), {
      subject: `provider ${this.provider.name}`,
      inputs: this.provider.configuration,
    });
    return checkResponse(failures).setInputs(request.getNews());
  }

  /** A changed argument updates the provider and leaves its resources alone, as with the official ones. */
  async diff(request: DiffRequest): Promise<DiffResponse> {
    const old = decodeConfiguration(request.getOldInputs() ?? request.getOlds());
    const inputs = decodeConfiguration(request.getNews());
    return diffResponse(compareInputs(old, inputs, { replaceOnChanges: [] }), old, inputs);
  }

  /** Makes the client, unless some argument is not known yet: then a preview goes on without it. */
  async configure(request: ConfigureRequest): Promise<ConfigureResponse> {
    const values = decodeConfiguration(request.getArgs());
    if (!containsUnknown(values)) {
      const urn = request.getUrn() ?? "";
      const { log, environment } = this.runtime;
      const context: ConfigureContext = {
        log: (severity, message) => log.write(urn, severity, message),
        environment,
      };
      this.#client = { value: await this.provider.configure(values, context) };
    }
    return new ConfigureResponse().setSupportspreview(true).setAcceptsecrets(false).setAcceptoutputs(false);
  }

  /** Closes what the client holds open. */
  release(): void {
    if (this.#client !== undefined) {
      this.provider.release?.(this.#client.value);
    }
  }

  /** The client, for calls that touch the world. */
  client(): Client {
    if (this.#client === undefined) {
      throw new Error(`provider ${this.provider.name} has no connection yet: some of its arguments are not known`);
    }
    return this.#client.value;
  }
}

/** The engine's form of check failures. */
export function checkResponse(failures: readonly CheckFailure[]): CheckResponse {
  return new CheckResponse().setFailuresList(failureMessages(failures));
}

/** The engine's form of failures, for Check and Invoke. */
export function failureMessages(failures: readonly CheckFailure[]): FailureMessage[] {
  return failures.map(({ property, reason }) => new FailureMessage().setProperty(property).setReason(reason));
}

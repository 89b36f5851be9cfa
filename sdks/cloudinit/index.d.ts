import * as pulumi from "@pulumi/pulumi";

/**
 * A multi-part MIME document for cloud-init, rendered from its parts.
 *
 * The official provider deprecates this resource in favour of `getConfig`; both render the same text.
 */
export declare class Config extends pulumi.CustomResource {
  /**
   * Looks up an existing Config.
   *
   * @param name Unique name of the resulting resource.
   * @param id Provider ID of the resource to look up.
   * @param state Any extra arguments used during the lookup.
   * @param opts Options of the resource.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    state?: ConfigState,
    opts?: pulumi.CustomResourceOptions,
  ): Config;

  /** True for a Config, even one of another copy of this package. */
  static isInstance(value: unknown): value is Config;

  /** Whether `rendered` is encoded as base64. */
  readonly base64Encode: pulumi.Output<boolean>;
  /** Line that separates the parts. */
  readonly boundary: pulumi.Output<string>;
  /** Whether `rendered` is compressed. */
  readonly gzip: pulumi.Output<boolean>;
  /** The files of the document, in this order. */
  readonly parts: pulumi.Output<types.output.ConfigPart[] | undefined>;
  /** The document, ready to be given to a machine as user data. */
  readonly rendered: pulumi.Output<string>;

  /**
   * @param name Unique name of the resource.
   * @param args What to render.
   * @param opts Options of the resource.
   */
  constructor(name: string, args?: ConfigArgs, opts?: pulumi.CustomResourceOptions);
}

/** Arguments of a Config. */
export interface ConfigArgs {
  /**
   * Encode `rendered` as base64. Cannot be false while `gzip` is true.
   * @default true
   */
  base64Encode?: pulumi.Input<boolean | undefined>;
  /**
   * Line that separates the parts.
   * @default "MIMEBOUNDARY"
   */
  boundary?: pulumi.Input<string | undefined>;
  /**
   * Compress `rendered`.
   * @default true
   */
  gzip?: pulumi.Input<boolean | undefined>;
  /**
   * The files of the document, in this order.
   * @default - no parts
   */
  parts?: pulumi.Input<pulumi.Input<types.input.ConfigPart>[] | undefined>;
}

/** Properties by which to look up a Config. */
export interface ConfigState extends ConfigArgs {
  /**
   * The document, ready to be given to a machine as user data.
   * @default - not part of the lookup
   */
  rendered?: pulumi.Input<string | undefined>;
}

/** Renders a multi-part MIME document for cloud-init, without a resource. */
export declare function getConfig(args?: GetConfigArgs, opts?: pulumi.InvokeOptions): Promise<GetConfigResult>;

/** Renders a multi-part MIME document for cloud-init from outputs, without a resource. */
export declare function getConfigOutput(
  args?: GetConfigOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<GetConfigResult>;

/** Arguments of getConfig; see {@link ConfigArgs}. */
export interface GetConfigArgs {
  /** @default true */
  base64Encode?: boolean | undefined;
  /** @default "MIMEBOUNDARY" */
  boundary?: string | undefined;
  /** @default true */
  gzip?: boolean | undefined;
  /** @default - no parts */
  parts?: types.input.GetConfigPart[] | undefined;
}

/** Arguments of getConfigOutput; see {@link ConfigArgs}. */
export interface GetConfigOutputArgs {
  /** @default true */
  base64Encode?: pulumi.Input<boolean | undefined>;
  /** @default "MIMEBOUNDARY" */
  boundary?: pulumi.Input<string | undefined>;
  /** @default true */
  gzip?: pulumi.Input<boolean | undefined>;
  /** @default - no parts */
  parts?: pulumi.Input<pulumi.Input<types.input.GetConfigPartArgs>[] | undefined>;
}

/** What getConfig returns. */
export interface GetConfigResult {
  readonly base64Encode: boolean;
  readonly boundary: string;
  readonly gzip: boolean;
  /** CRC-32 of `rendered`. */
  readonly id: string;
  readonly parts?: types.output.GetConfigPart[];
  /** The document, ready to be given to a machine as user data. */
  readonly rendered: string;
}

/** The provider of this package, for those who want one of their own. It has no arguments. */
export declare class Provider extends pulumi.ProviderResource {
  /** True for a Provider, even one of another copy of this package. */
  static isInstance(value: unknown): value is Provider;

  /**
   * @param name Unique name of the resource.
   * @param args Nothing so far.
   * @param opts Options of the resource.
   */
  constructor(name: string, args?: ProviderArgs, opts?: pulumi.ResourceOptions);
}

/** Arguments of a Provider: none. */
export type ProviderArgs = Record<string, never>;

/** Types of nested values. */
export declare namespace types {
  namespace input {
    /** One file of a document. */
    interface ConfigPart {
      /** Text of the file. */
      content: pulumi.Input<string>;
      /**
       * MIME type of the file.
       * @default "text/plain"
       */
      contentType?: pulumi.Input<string | undefined>;
      /**
       * Name of the file.
       * @default - cloud-init names it
       */
      filename?: pulumi.Input<string | undefined>;
      /**
       * How cloud-init merges the file with those before it (header `X-Merge-Type`).
       * @default - cloud-init's own way of merging
       */
      mergeType?: pulumi.Input<string | undefined>;
    }

    /** One file of a document, of outputs; see {@link ConfigPart}. */
    type GetConfigPartArgs = ConfigPart;

    /** One file of a document, of plain values; see {@link ConfigPart}. */
    interface GetConfigPart {
      content: string;
      contentType?: string | undefined;
      filename?: string | undefined;
      mergeType?: string | undefined;
    }
  }

  namespace output {
    /** One file of a document. */
    interface ConfigPart {
      content: string;
      contentType: string;
      filename?: string;
      mergeType?: string;
    }

    /** One file of a document. */
    type GetConfigPart = ConfigPart;
  }
}

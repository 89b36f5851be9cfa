import * as pulumi from "@pulumi/pulumi";
import { type Expiry, expiryText } from "../../../config/expiry";

/** Tags of every resource of a class at AWS. */
export interface ClassTags {
  /** Name of the Pulumi project. */
  readonly lab: string;
  /** Name of the stack. */
  readonly class: string;
  /** Name of the operator. */
  readonly owner: string;
  /** When its machines end: a duration from their launch, or a time. */
  readonly expires: string;
}

/** Tags of the running stack's class. */
export function classTags(owner: string, expiry: Expiry | undefined): ClassTags {
  return { lab: pulumi.getProject(), class: pulumi.getStack(), owner, expires: expiryText(expiry) };
}

/** A name with the class in it, for display: `lab-dev-vpc`. */
export function nameInClass(name: string): string {
  return `lab-${pulumi.getStack()}-${name}`;
}

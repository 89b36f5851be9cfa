import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { encodeProperties } from "./properties";
import { PartialFailure } from "./provider";

/** A part of the protocol that we leave out. */
export class Unimplemented extends Error {
  constructor(method: string) {
    super(`the air-gapped plugin does not implement ${method}`);
  }
}

/** Turns whatever was thrown into the form of grpc-js; a partly created resource goes along with it. */
export function rpcError(thrown: unknown): ServiceError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const metadata = new Metadata();
  if (error instanceof PartialFailure) {
    // This header is how gRPC carries structured details; grpc-js has no better name for it.
    metadata.add("grpc-status-details-bin", Buffer.from(initializationFailure(error).serializeBinary()));
  }
  const code = error instanceof Unimplemented ? status.UNIMPLEMENTED : status.UNKNOWN;
  return { name: error.name, code, message: error.message, details: error.message, metadata };
}

function initializationFailure(error: PartialFailure): Status {
  const failure = new ErrorResourceInitFailed()
    .setId(error.state.id)
    .setProperties(encodeProperties(error.state.properties))
    .setReasonsList([error.message]);
  const details = new Any();
  details.pack(failure.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  return new Status().setCode(status.UNKNOWN).setMessage(error.message).setDetailsList([details]);
}

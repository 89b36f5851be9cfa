import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { encodeProperties } from "./properties";
import { PartialFailure } from "./provider";

/** What grpc-js wants in place of a response. */
export type RpcError = Pick<ServiceError, "code" | "details" | "message" | "name" | "metadata">;

/** Turns whatever was thrown into the protocol's form; a half-made resource goes along with it. */
export function rpcError(thrown: unknown): RpcError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const metadata = new Metadata();
  if (error instanceof PartialFailure) {
    // This header is how gRPC carries structured details; grpc-js has no better name for it.
    metadata.add("grpc-status-details-bin", Buffer.from(initializationFailure(error).serializeBinary()));
  }
  return { name: error.name, code: status.UNKNOWN, message: error.message, details: error.message, metadata };
}

/** For the parts of the protocol that we leave out. */
export function unimplemented(method: string): RpcError {
  const message = `the air-gapped plugin does not implement ${method}`;
  return { name: "Error", code: status.UNIMPLEMENTED, message, details: message, metadata: new Metadata() };
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

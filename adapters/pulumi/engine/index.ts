export { findEngine, wantedEngine } from "./find-engine";

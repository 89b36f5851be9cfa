import { AWS_RULES } from "./aws-rules";
import { DOCKER_RULES } from "./docker-rules";

/** Every rule of the pack. */
export const RULES = [...AWS_RULES, ...DOCKER_RULES];

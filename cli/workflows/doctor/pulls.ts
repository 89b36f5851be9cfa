import type { Finding } from "./finding";

/** What Docker Hub gives an address without a login in six hours (docs.docker.com, "Docker Hub usage and limits"). */
const PULLS_IN_SIX_HOURS = 100;

/** What a class costs in pulls from Docker Hub: one that comes from one address may be one too many. */
export function pullsFinding(pulls: number): Finding {
  const text = pulls === 0 ? "none from Docker Hub" : `at most ${pulls} from Docker Hub, when nothing is there yet`;
  return pulls <= PULLS_IN_SIX_HOURS
    ? { subject: "pulls", verdict: "good", text, advice: undefined }
    : {
        subject: "pulls",
        verdict: "warning",
        text: `${text}; an address without a login may pull ${PULLS_IN_SIX_HOURS} times in six hours`,
        advice: "pulumi config set --path images.delivery registry (docs/delivery.md), or ./lab bake first",
      };
}

import type { ProblemData } from "../../page-contract.js";
import { useAddress, usePage } from "../../parts/shop-context.js";
import { useText } from "../../text/text.js";

export function ProblemPage({ data }: { data: ProblemData }) {
  const text = useText();
  const address = useAddress();
  const { path } = usePage();
  return (
    <div class="problem">
      <h1>{text(`problem.${data.problem}`)}</h1>
      <p>{text(`problem.${data.problem}_text`)}</p>
      <p class="actions">
        {data.problem !== "not_found" && (
          <a class="button" href={path}>
            {text("problem.again")}
          </a>
        )}
        <a class={data.problem === "not_found" ? "button" : "button quiet"} href={address("/")}>
          {text("problem.home")}
        </a>
      </p>
    </div>
  );
}

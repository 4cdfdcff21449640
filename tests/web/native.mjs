// native.mjs - the native program, for comparison.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The losses of the first steps that the program makes with a model file on the data in a folder. */
export function trainNatively(program, model, data, steps) {
    const work = mkdtempSync(join(tmpdir(), "tern-")),
        out = join(work, "run");
    const options = `--steps ${steps} --log-every 1 --threads 1 --quiet`.split(" ");
    try {
        execFileSync(program, ["train", model, "--data", data, "--out", out, ...options], { stdio: "pipe" });
        const lines = readFileSync(join(out, "log.jsonl"), "utf8").trim().split("\n");
        return lines.map((line) => JSON.parse(line).loss).filter((loss) => loss !== undefined);
    } finally {
        rmSync(work, { recursive: true });
    }
}

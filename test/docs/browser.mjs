// Runs a script on a page, in Chromium: node browser.mjs CHROMIUM PROFILE-DIRECTORY URL SCRIPT
//
// What the script writes to its console goes to standard output, a line a call. Each line of standard input is run on the
// page, too. It speaks the browser's own protocol, so that it needs no package but ws.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import WebSocket from "ws";

const [chromium, profile, url, script] = process.argv.slice(2);
const browser = spawn(
  chromium,
  [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank",
  ],
  { stdio: ["ignore", "ignore", "pipe"] },
);

const endpoint = await new Promise((resolve, reject) => {
  browser.on("exit", (code) => reject(new Error(`Chromium has ended with ${code}`)));
  createInterface({ input: browser.stderr }).on("line", (line) => {
    const found = line.match(/^DevTools listening on (ws:\S+)/);
    if (found) resolve(found[1]);
  });
});

const socket = new WebSocket(endpoint);
await new Promise((resolve) => socket.on("open", resolve));

const waiting = new Map(); // by the id of a call
const listeners = new Map(); // by the name of an event
let calls = 0;
let sessionId;

function call(method, params = {}) {
  const id = ++calls;
  socket.send(JSON.stringify({ id, method, params, sessionId }));
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

socket.on("message", (data) => {
  const { id, result, error, method, params } = JSON.parse(data);
  if (!id) return listeners.get(method)?.(params);
  if (error) waiting.get(id).reject(new Error(error.message));
  else waiting.get(id).resolve(result);
  waiting.delete(id);
});

async function evaluate(expression) {
  const { exceptionDetails } = await call("Runtime.evaluate", { expression, replMode: true });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
}

const { targetId } = await call("Target.createTarget", { url: "about:blank" });
({ sessionId } = await call("Target.attachToTarget", { targetId, flatten: true }));
listeners.set("Runtime.consoleAPICalled", ({ args }) => console.log(args.map((a) => a.value ?? a.description).join(" ")));
await call("Page.enable");
const loaded = new Promise((resolve) => listeners.set("Page.loadEventFired", resolve));
await call("Page.navigate", { url });
await loaded;
await call("Runtime.enable");
await evaluate(readFileSync(script, "utf8"));
for await (const line of createInterface({ input: process.stdin })) await evaluate(line);

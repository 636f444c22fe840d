import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { once } from 'node:events';

/** The binary under test: that of `make build`, or the one that LOGSIEVE_BINARY names. */
const binary = resolve(import.meta.dirname, process.env.LOGSIEVE_BINARY ?? '../../bin/logsieve');

/**
 * A port that was free a moment ago, below those that outgoing connections are given: one that
 * looks for a server which is down could otherwise get that very port, and reach itself.
 */
async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer().listen(port, '127.0.0.1');
    const taken = await once(server, 'listening').then(() => false, () => true);
    if (taken) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** A real server with a store of its own. It can be killed and started again on the same ports. */
export class Server {
  /** Starts `logsieve serve`, or another command that serves, with more of its flags. */
  static async start(command = 'serve', ...flags) {
    for (let attempt = 1; ; attempt++) {
      const server = await new Server().settle();
      server.command = [command, ...flags];
      try {
        await server.run();
        return server;
      } catch (error) {
        // Another took the port between our look at it and the server's.
        if (attempt === 3 || !error.message.includes('already in use')) throw error;
      }
    }
  }

  /** Starts one that asks who is there, and writes to it with a token that may do everything. */
  static async guarded() {
    const server = await new Server().settle();
    server.command = ['serve', '--auth-file', server.access];
    server.token = server.newToken('--name', 'all', '--read', '*', '--write');
    await server.run();
    return server;
  }

  async settle() {
    this.dir = await mkdtemp(join(tmpdir(), 'logsieve-ui-'));
    this.access = join(this.dir, 'access.yaml');
    this.http = await freePort();
    this.grpc = await freePort();
    this.url = `http://127.0.0.1:${this.http}/`;
    return this;
  }

  /** Makes a token that the server lets in within seconds, if it runs. */
  newToken(...flags) {
    return execFileSync(binary, ['token', 'new', '--file', this.access, ...flags], { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim();
  }

  async run() {
    this.process = spawn(
      binary,
      [
        ...this.command, '--http-address', `127.0.0.1:${this.http}`, '--grpc-address', `127.0.0.1:${this.grpc}`,
        '--admin-address', '', '--otlp-grpc-address', '', '--otlp-http-address', '', '--store-dir', join(this.dir, 'store'),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.said = '';
    this.process.on('error', (error) => (this.said = `${error.message}: make build makes it`));
    this.process.stderr.on('data', (data) => (this.said += data));
    for (let i = 0; i < 200; i++) {
      if (this.process.exitCode !== null || this.process.pid === undefined) throw new Error(`the server ended: ${this.said}`);
      if (await this.ready()) return;
      await new Promise((r) => setTimeout(r, 50));
    }
    throw new Error(`the server is not ready: ${this.said}`);
  }

  ready() {
    return fetch(`${this.url}readyz`).then((r) => r.ok, () => false);
  }

  /** Writes entries and returns when they are stored. */
  async write(entries) {
    const response = await fetch(`${this.url}logs`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(this.token && { Authorization: `Bearer ${this.token}` }) },
      body: JSON.stringify({ entries }),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  /** Writes numbered entries, from one number to another, both included. */
  async number(from, to, more = {}) {
    const batch = 5000;
    for (let n = from; n <= to; n += batch) {
      const size = Math.min(batch, to - n + 1);
      await this.write(Array.from({ length: size }, (_, i) => ({ message: `entry ${n + i}.`, severity: 'INFO', service: 'counter', ...more })));
    }
  }

  async kill() {
    this.process.kill('SIGKILL');
    if (this.process.exitCode === null && this.process.signalCode === null) await once(this.process, 'exit');
  }

  /** Throws away what is stored; the server must not run. */
  forget() {
    return rm(join(this.dir, 'store'), { recursive: true });
  }

  async stop() {
    await this.kill();
    await rm(this.dir, { recursive: true, force: true });
  }
}

// Fails when what is committed in internal/web/dist is not what the sources build.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const committed = resolve(import.meta.dirname, '../../internal/web/dist');
const built = await mkdtemp(join(tmpdir(), 'logsieve-web-'));

async function files(dir) {
  const names = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((d) => d.isFile());
  const all = await Promise.all(names.map(async (d) => [join(d.parentPath, d.name).slice(dir.length), await readFile(join(d.parentPath, d.name), 'latin1')]));
  return new Map(all);
}

try {
  execFileSync(process.execPath, [join(import.meta.dirname, 'build.mjs'), built], { stdio: 'inherit' });
  const [old, now] = [await files(committed), await files(built)];
  const stale = [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
  if (stale.length > 0) {
    console.error(`internal/web/dist is stale (${stale.join(', ')}): run npm run build in web/ and commit what it makes`);
    process.exitCode = 1;
  } else console.log('internal/web/dist is what web/ builds');
} finally {
  await rm(built, { recursive: true, force: true });
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The most script that the page may have, in bytes of gzip. */
const FIRST_PAINT = 80_000;
const ALL = 200_000;

/** Sizes of the scripts of a build: those that the page names itself, and all. */
export async function measure(dist) {
  const page = await readFile(join(dist, 'index.html'), 'utf8');
  const assets = join(dist, 'assets');
  let first = 0;
  let all = 0;
  for (const name of await readdir(assets)) {
    if (!name.endsWith('.js')) continue;
    const size = gzipSync(await readFile(join(assets, name)), { level: 9 }).length;
    all += size;
    if (page.includes(name)) first += size;
  }
  return { first, all };
}

/** Fails when a build is above its budget. */
export async function check(dist) {
  const { first, all } = await measure(dist);
  console.log(`script in gzip: ${first} bytes at first paint (at most ${FIRST_PAINT}), ${all} in all (at most ${ALL})`);
  if (first > FIRST_PAINT || all > ALL) {
    throw new Error('the page is above its budget: load what is not needed at first later, or leave something out');
  }
}

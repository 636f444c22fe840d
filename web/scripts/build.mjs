// Builds the page into internal/web/dist, or into the folder that is named.
import { resolve } from 'node:path';
import { build } from 'vite';
import { check } from './budget.mjs';

const root = resolve(import.meta.dirname, '..');
const dist = resolve(root, process.argv[2] ?? '../internal/web/dist');

await build({ root, logLevel: 'warn', build: { outDir: dist, emptyOutDir: true } });
await check(dist);

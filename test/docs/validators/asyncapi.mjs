// Prints what AsyncAPI's own parser has against a document: node asyncapi.mjs FILE
import { readFile } from 'node:fs/promises';
import { Parser } from '@asyncapi/parser';

const { document, diagnostics } = await new Parser().parse(await readFile(process.argv[2], 'utf8'));
// 0 is an error, 1 a warning; below are hints, such as that there is a newer AsyncAPI.
for (const d of diagnostics.filter((d) => d.severity <= 1)) console.log(`${d.path.join('.')}: ${d.message} (${d.code})`);
if (!document && diagnostics.length === 0) console.log('it cannot be read');

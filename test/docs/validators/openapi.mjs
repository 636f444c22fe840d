// Prints what Redocly's linter has against a document: node openapi.mjs FILE
import { createConfig, lint } from '@redocly/openapi-core';

const config = await createConfig({
  extends: ['recommended'],
  rules: {
    // Probes take no parameters and no credentials: there is nothing to refuse.
    'operation-4xx-response': 'off',
  },
});
for (const p of await lint({ ref: process.argv[2], config })) {
  console.log(`${p.location[0]?.pointer}: ${p.message} (${p.ruleId})`);
}

import { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { launch, open } from './browser.mjs';
import { Server } from './server.mjs';

/**
 * A server and a browser for the tests of a file. Each page is closed, and must not have
 * written an error to its console but for what the test allows.
 */
export function setup() {
  const it = {};
  before(async () => {
    it.server = await Server.start();
    it.browser = await launch();
  });
  after(async () => {
    await it.browser?.close();
    await it.server?.stop();
  });
  /** Runs a test with a page of its own. */
  it.page = async (run, { path = '', allow, ...options } = {}) => {
    const page = await open(it.browser, it.server.url + path, options);
    try {
      await run(page);
      const said = page.said.filter((s) => !allow?.test(s));
      assert.deepEqual(said, [], 'the page has written to its console');
    } finally {
      await page.context().close();
    }
  };
  return it;
}

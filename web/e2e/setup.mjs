import { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { launch, open } from './browser.mjs';
import { live } from './page.mjs';
import { Server } from './server.mjs';

/**
 * A server and a browser for the tests of a file. Each page is closed, and must not have
 * written an error to its console but for what the test allows.
 */
export function setup(start = () => Server.start()) {
  const it = {};
  before(async () => {
    it.server = await start();
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
  /**
   * Runs a test with a page whose connections we stand in the way of: each is a Way, in order.
   * What the page writes to its console is not looked at.
   */
  it.between = async (run, options = {}) => {
    const page = await open(it.browser, 'about:blank', options);
    const ways = [];
    await page.routeWebSocket(/logs\/monitor/, (socket) => ways.push(new Way(socket)));
    try {
      await page.goto(it.server.url);
      await live(page);
      await run(page, ways);
    } finally {
      await page.context().close();
    }
  };
  return it;
}

/** One WebSocket of a page: what the server sends goes on to it, unless it is to be lost. */
class Way {
  /** All is lost up to the message that has this in it. */
  loseUntil = '';

  constructor(socket) {
    this.socket = socket;
    socket.connectToServer().onMessage((message) => {
      if (this.loseUntil === '') socket.send(message);
      else if (message.includes(this.loseUntil)) this.loseUntil = '';
    });
  }

  /** Sends a frame of our own to the page. */
  tell(frame) {
    this.socket.send(JSON.stringify(frame));
  }

  /** Ends the connection as the server would. */
  close(code, reason) {
    return this.socket.close({ code, reason });
  }
}

import { chromium } from 'playwright-core';

/** Debian's Chromium, or the one that CHROMIUM names. */
export const executable = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Starts a browser that asks nothing of the network but the page under test. */
export function launch() {
  return chromium.launch({
    executablePath: executable,
    args: [
      '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  });
}

/** Opens a page; what it writes to its console and its errors gather in page.said. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  page.said = [];
  page.on('console', (m) => ['error', 'warning'].includes(m.type()) && page.said.push(m.text()));
  page.on('pageerror', (e) => page.said.push(String(e)));
  await page.goto(url);
  return page;
}

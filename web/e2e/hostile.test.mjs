import { test } from 'node:test';
import assert from 'node:assert/strict';
import { expect } from './expect.mjs';
import { filter, inForce, live, messages } from './page.mjs';
import { setup } from './setup.mjs';

const it = setup();

/** 500 ways in which a line of a log may try to be more than text. */
function payloads() {
  const run = 'globalThis.hit=1';
  const tags = [
    `<script>${run}</script>`, `<img src=x onerror="${run}">`, `<svg onload="${run}">`, `<svg><script>${run}</script></svg>`,
    `<iframe srcdoc="<script>parent.hit=1</script>"></iframe>`, `<body onload="${run}">`, `<details open ontoggle="${run}">x</details>`,
    `<video><source onerror="${run}"></video>`, `<math><mtext><style><img src=x onerror="${run}"></style></mtext></math>`,
    `<a href="javascript:${run}">x</a>`, `<object data="javascript:${run}"></object>`, `<embed src="javascript:${run}">`,
    `<form><button formaction="javascript:${run}">x</button></form>`, `<input autofocus onfocus="${run}">`, `<base href="//evil.example/">`,
    `<link rel=stylesheet href="data:text/css,*{display:none}">`, `<style>*{display:none}</style>`, `<meta http-equiv=refresh content="0;url=javascript:${run}">`,
    `<template><img src=x onerror="${run}"></template>`, `<noscript><p title="</noscript><img src=x onerror=${run}>">`,
    `\${${run}}`, `{{constructor.constructor('${run}')()}}`, `{@html "<img src=x onerror=${run}>"}`, `javascript:${run}//`, `';${run};//`,
  ];
  const wraps = [
    (t) => t, (t) => `"${t}`, (t) => `'>${t}`, (t) => `-->${t}<!--`, (t) => `]]>${t}`, (t) => `</textarea>${t}`, (t) => `</title>${t}`,
    (t) => `\u0000${t}`, (t) => `\u202e${t}`, (t) => t.toUpperCase(), (t) => t.replaceAll(' ', '\t'), (t) => t.replaceAll('<', '&lt;'),
    (t) => t.replaceAll('<', '\u003c'), (t) => encodeURIComponent(t), (t) => `<${t}`, (t) => t.replaceAll('"', '`'), (t) => `{"a":"${t}"}`,
    (t) => `\u001b]8;;${t}\u0007`, (t) => t.repeat(3), (t) => `${'x'.repeat(700)}${t}`,
  ];
  return tags.flatMap((t) => wraps.map((w) => w(t)));
}

test('500 hostile lines are text, wherever they are shown', async () => {
  const lines = payloads();
  assert.equal(lines.length, 500);
  const clean = (s) => s.slice(0, 200).replaceAll('\u0000', '');
  await it.server.write(
    lines.map((message) => ({ message, severity: 'INFO', service: clean(message), host: clean(message), attributes: { [clean(message)]: clean(message) } })),
  );
  await it.page(
    async (page) => {
      const dialogs = [];
      page.on('dialog', (d) => dialogs.push(d.message()));
      await page.evaluate(() => document.addEventListener('securitypolicyviolation', (e) => (globalThis.violation = e.violatedDirective)));
      await live(page);
      await expect(async () => (await messages(page)).length).toSatisfy((n) => n > 300, 'all that were fetched are drawn');
      for (const i of [0, 20, 60, 120, 240]) {
        const row = page.locator('.row:not(.mark):not([hidden])').nth(i);
        await row.locator('.time').click();
        await page.getByRole('tab', { name: 'Context' }).click();
        await page.getByRole('tab', { name: 'Entry' }).click();
        await row.locator('.service .value').click();
        await page.keyboard.press('Escape');
      }
      await filter(page, '"<script>"');
      await inForce(page, '"<script>"');
      const state = await page.evaluate(() => ({
        hit: globalThis.hit,
        violation: globalThis.violation,
        strange: [...document.querySelectorAll('script:not([src]), iframe, img, object, embed, video, math, base, form, style')].map((e) => e.outerHTML),
        address: location.pathname,
      }));
      assert.deepEqual(state, { hit: undefined, violation: undefined, strange: [], address: '/' });
      assert.deepEqual(dialogs, []);
    },
    { viewport: { width: 1300, height: 12_000 } },
  );
});

// Watches the page under load and prints what it costs: node e2e/load.mjs URL [seconds] [query]
import { launch, open } from './browser.mjs';

const [url, seconds = '20', query = ''] = process.argv.slice(2);
const browser = await launch();
const page = await open(browser, url + (query ? `?q=${encodeURIComponent(query)}` : ''));
const cdp = await page.context().newCDPSession(page);
// In CPU time of the main thread: the machine is shared, and what others take is not ours.
await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });

/** Frames of the screen since the last call: how many, and the slowest ones. */
await page.evaluate(() => {
  const state = { frames: [], last: performance.now() };
  const tick = (now) => {
    state.frames.push(now - state.last);
    state.last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  globalThis.takeFrames = () => state.frames.splice(0);
});

async function metrics() {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map((m) => [m.name, m.value]));
}

const step = Number(seconds) > 120 ? 60 : Math.min(10, Number(seconds));
let before = await metrics();
console.log('| s | frames/s | frame p99 ms | longest ms | main thread CPU % | script % | style % | layout % | heap MB | rows | received | behind |');
console.log('|---|---|---|---|---|---|---|---|---|---|---|---|');
for (let t = step; t <= Number(seconds); t += step) {
  await page.waitForTimeout(step * 1000);
  const after = await metrics();
  const frames = (await page.evaluate(() => takeFrames())).sort((a, b) => a - b);
  const share = (name) => (((after[name] - before[name]) / step) * 100).toFixed(0);
  const text = async (name) => (await page.locator('footer dl div', { has: page.locator(`dt:text-is("${name}")`) }).locator('dd').textContent()).trim();
  const cells = [
    t, (frames.length / step).toFixed(1), frames[Math.floor(frames.length * 0.99)].toFixed(0), frames.at(-1).toFixed(0),
    share('TaskDuration'), share('ScriptDuration'), share('RecalcStyleDuration'), share('LayoutDuration'),
    (after.JSHeapUsedSize / 1e6).toFixed(0), (await page.locator('.kept').textContent()).split(' ')[0], await text('received'), await text('behind'),
  ];
  console.log(`| ${cells.join(' | ')} |`);
  before = after;
}
if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
if (page.said.length) console.log(page.said.join('\n'));
await browser.close();

// Drives report.html in a headless Chromium, as a reader would.
//
//   node page.test.mjs FOLDER HOSTILE [SCREENSHOTS]
//
// FOLDER is what `adminline run data/samples` wrote, HOSTILE the same for
// hostile.jsonl; screenshots go into the third folder, if there is one.

import assert from "node:assert/strict";
import { readFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [folder, hostile, shots] = process.argv.slice(2);
if (!hostile) throw new Error("usage: node page.test.mjs FOLDER HOSTILE [SCREENSHOTS]");

const profile = await mkdtemp(join(tmpdir(), "page-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  acceptDownloads: true,
  viewport: { width: 1280, height: 900 },
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
context.setDefaultTimeout(10000);

const faults = [];
async function open(dir, hash = "") {
  const page = await context.newPage();
  const own = pathToFileURL(resolve(dir, "report.html")).href;
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("dialog", (dialog) => { faults.push("a dialog"); dialog.dismiss(); });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith("data:") && !url.startsWith("blob:") && url.split("#")[0] !== own) faults.push(`request: ${url}`);
  });
  await page.goto(own + hash);
  return page;
}

// A screenshot puts a style of its own into the page, which the page's policy
// rightly reports; so it is taken last, when nothing is listened to any more.
async function shoot(page, name) {
  if (!shots) return;
  page.removeAllListeners("console");
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

const rows = (page) => page.locator("#ui-table tbody tr").count();
const params = (page) => new URLSearchParams(new URL(page.url()).hash.slice(1));
const focusedId = (page) => page.evaluate(() => document.activeElement.dataset.id ?? document.activeElement.id);

const tests = {
  async "shows every incident"() {
    const page = await open(folder);
    const { features } = JSON.parse(await readFile(join(folder, "incidents.geojson"), "utf8"));
    assert.equal(await rows(page), Math.min(features.length, 300));
    assert.ok((await page.locator(".mark").count()) > 5);
    await shoot(page, "light");
    return page;
  },

  async "filters by category, words, status and date, and keeps it in the address"() {
    const page = await open(folder);
    const all = await rows(page);
    await page.click("#ui-none");
    assert.equal(await rows(page), 0);
    assert.ok(await page.locator("#ui-nothing").isVisible());
    await page.click("#ui-all");
    await page.locator("#ui-categories input").first().uncheck();
    const fewer = await rows(page);
    assert.ok(fewer < all && fewer > 0);
    assert.ok(params(page).get("not"));
    await page.fill("#ui-search", "banjske");
    const found = await rows(page);
    assert.ok(found > 0 && found < fewer, "without its accent a name is found");
    const again = await open(folder, new URL(page.url()).hash);
    assert.equal(await rows(again), found);
    assert.equal(await again.inputValue("#ui-search"), "banjske");
    await again.close();
    await page.click("#ui-reset");
    assert.equal(await rows(page), all);
    await page.fill("#ui-from", "2023-05-01");
    await page.fill("#ui-to", "2023-05-31");
    assert.ok((await rows(page)) > 0 && (await rows(page)) < all);
    for (const text of await page.locator("td.date").allTextContents()) assert.match(text, /2023/);
    return page;
  },

  async "the brush chooses a period, by pointer and by keys"() {
    const page = await open(folder);
    const all = await rows(page);
    const box = await page.locator("#ui-time").boundingBox();
    await page.locator("#ui-time").scrollIntoViewIfNeeded();
    const { x, y, width } = (await page.locator("#ui-time").boundingBox()) ?? box;
    await page.mouse.move(x + width * 0.4, y + 20);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.7, y + 20, { steps: 5 });
    await page.mouse.up();
    const some = await rows(page);
    assert.ok(some < all, `${some} of ${all}`);
    assert.ok(params(page).get("from") && params(page).get("to"));
    const from = params(page).get("from");
    await page.locator("[data-handle=timeline-from]").focus();
    await page.keyboard.press("ArrowRight");
    assert.ok(params(page).get("from") > from);
    assert.equal(await page.evaluate(() => document.activeElement.dataset.handle), "timeline-from");
    await page.keyboard.press("Home");
    await page.locator("[data-handle=timeline-to]").focus();
    await page.keyboard.press("End");
    assert.equal(await rows(page), all);
    return page;
  },

  async "the table sorts and is walked through with the keys"() {
    const page = await open(folder);
    await page.click("th[data-key=killed] button");
    assert.equal(await page.getAttribute("th[data-key=killed]", "aria-sort"), "descending");
    const column = await page.locator("#ui-table tbody tr td:nth-child(5)").allTextContents();
    const figures = column.map((t) => (t === "" ? -1 : Number(t)));
    assert.deepEqual(figures, [...figures].sort((a, b) => b - a));
    await page.locator("#ui-table tbody tr").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    const third = await page.locator("#ui-table tbody tr").nth(2).getAttribute("data-id");
    assert.equal(await focusedId(page), third);
    await page.keyboard.press("Enter");
    assert.ok(await page.locator("#ui-panel").isVisible());
    assert.equal(params(page).get("open"), third);
    assert.ok((await page.locator("#ui-panel blockquote").count()) > 0);
    assert.equal(await focusedId(page), "ui-panel-title");
    await page.keyboard.press("Escape");
    assert.ok(await page.locator("#ui-panel").isHidden());
    assert.equal(await focusedId(page), third);
    return page;
  },

  async "evidence quotes every source"() {
    const { features } = JSON.parse(await readFile(join(folder, "incidents.geojson"), "utf8"));
    const most = features.reduce((a, b) => (b.properties.sources.length > a.properties.sources.length ? b : a));
    const page = await open(folder, `#open=${most.id}`);
    const quotes = await page.locator("#ui-panel blockquote").allTextContents();
    assert.deepEqual(quotes, most.properties.sources.map((s) => s.evidence));
    assert.ok((await page.locator("#ui-panel mark").count()) > 0);
    await page.click("#ui-next");
    assert.notEqual(params(page).get("open"), most.id);
    await shoot(page, "evidence");
    return page;
  },

  async "the map moves, zooms and opens by keys"() {
    const page = await open(folder);
    const box = () => page.getAttribute("#ui-view > svg", "viewBox");
    const whole = await box();
    await page.locator("#ui-view").focus();
    await page.keyboard.press("+");
    const near = await box();
    assert.notEqual(near, whole);
    await page.keyboard.press("ArrowLeft");
    assert.notEqual(await box(), near);
    await page.keyboard.press("0");
    await page.waitForTimeout(200);
    assert.equal(await box(), whole);
    await page.locator(".mark[tabindex='0']").focus();
    assert.ok(await page.locator("#ui-tip").isVisible());
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    assert.ok(await page.locator("#ui-panel").isVisible());
    await page.keyboard.press("Escape");
    assert.ok(await page.evaluate(() => document.activeElement.classList.contains("mark")));
    await page.locator("#ui-view").scrollIntoViewIfNeeded();
    await page.mouse.move(700, 400);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -300);
    await page.keyboard.up("Control");
    await page.waitForFunction((w) => document.querySelector("#ui-view > svg").getAttribute("viewBox") !== w, whole);
    return page;
  },

  async "the download is what the run wrote"() {
    const page = await open(folder);
    const download = page.waitForEvent("download");
    await page.click("#ui-download");
    const got = JSON.parse(await readFile(await (await download).path(), "utf8"));
    const want = JSON.parse(await readFile(join(folder, "incidents.geojson"), "utf8"));
    assert.deepEqual(got.features, want.features);
    assert.deepEqual(got.adminline, want.adminline);
    return page;
  },

  async "dark, a phone and print"() {
    const page = await open(folder);
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.click("#ui-theme");
    assert.notEqual(await ground(), light);
    await page.click("#ui-theme");
    assert.equal(await ground(), light);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize({ width: 375, height: 812 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 375, `${wide} px wide on a phone of 375`);
    await page.emulateMedia({ media: "print" });
    assert.ok(await page.locator("#ui-filters").isHidden());
    assert.ok(await page.locator("#ui-table").isVisible());
    await page.emulateMedia({ media: "screen", colorScheme: "light" });
    await shoot(page, "phone");
    return page;
  },

  async "hostile reports do nothing"() {
    const page = await open(hostile);
    assert.ok((await rows(page)) > 0);
    for (let n = 0; n < (await rows(page)); n++) {
      await page.locator("#ui-table tbody tr").nth(n).click();
      assert.equal(await page.locator("#ui-panel :is(script, img, iframe, object)").count(), 0);
      for (const link of await page.locator("#ui-panel a").all()) assert.match(await link.getAttribute("href"), /^https?:/);
      await page.keyboard.press("Escape");
    }
    assert.equal(await page.evaluate(() => window.hit), undefined);
    assert.equal(await page.locator("script").count(), 2);
    await page.goto(`${page.url().split("#")[0]}#open="><img src=x onerror=window.hit=1>&q=</script>&not=__proto__&sort=constructor`);
    await page.reload();
    assert.equal(await page.evaluate(() => window.hit), undefined);
    return page;
  },
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
  faults.length = 0;
  try {
    const page = await test();
    await page.close();
    assert.deepEqual(faults, []);
    console.log(`ok      ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}\n${error.stack}`);
  }
  for (const page of context.pages().slice(1)) await page.close();
}
await context.close();
await rm(profile, { recursive: true, force: true });
process.exit(failed ? 1 : 0);

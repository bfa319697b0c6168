/* Drives the pages that run.sh made.   page.js CHROMIUM FOLDER */
"use strict";
const { chromium } = require("playwright-core");
const axe = require("axe-core");
const path = require("path");
const [, , executable, folder] = process.argv;

const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"];
let passed = 0, failed = 0;

function check(holds, sentence, detail = "") {
    if (holds) {
        passed++;
        return;
    }
    failed++;
    console.log(`fails: ${sentence}${detail === "" ? "" : `: ${JSON.stringify(detail).slice(0, 600)}`}`);
}

const equals = (found, wanted, sentence) => check(Object.is(found, wanted), sentence, { found, wanted });
const contains = (text, part, sentence) => check(text.includes(part), sentence, text);

const urlOf = (name, hash = "") => `file://${path.join(folder, `${name}.html`)}${hash}`;

/* A page, with all that it asks for and complains of written down. */
async function open(browser, name, { hash = "", ...options } = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 1000 }, ...options });
    const page = await context.newPage();
    page.requests = [];
    page.complaints = [];
    page.on("request", (request) => page.requests.push(request.url()));
    page.refused = [];
    page.on("requestfailed", (request) => page.refused.push(request.failure().errorText));
    page.on("console", (message) => page.complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => page.complaints.push(String(error)));
    page.on("dialog", (dialog) => {
        page.complaints.push(`dialog: ${dialog.message()}`);
        dialog.dismiss();
    });
    await page.goto(urlOf(name, hash));
    if (options.javaScriptEnabled !== false)
        await page.waitForSelector("html.ready");
    return page;
}

async function close(page, name) {
    equals(page.requests.length, 1, `${name} asks for itself alone`);
    check(page.complaints.length === 0, `${name} has no complaint`, page.complaints);
    await page.context().close();
}

const status = (page) => page.locator("#explore [role=status]").textContent();
const trail = async (page) => (await page.locator(".trail button").allTextContents()).join(" ");
const grid = (page) => page.locator("[role=treegrid]");
const active = (page) => page.evaluate(() => {
    const id = document.querySelector("[role=treegrid]").getAttribute("aria-activedescendant");
    const row = id && document.getElementById(id);
    return row && {
        text: row.querySelector(".text").textContent,
        level: Number(row.getAttribute("aria-level")),
        index: Number(row.getAttribute("aria-rowindex")),
        expanded: row.getAttribute("aria-expanded"),
        seen: row.getBoundingClientRect().top >= 0,
    };
});
const pixels = (page) => page.evaluate(() => document.querySelector("canvas").toDataURL());

async function testWithoutScript(browser) {
    const page = await open(browser, "wasteful", { javaScriptEnabled: false });
    const text = await page.locator("main").innerText();
    for (const part of ["342kB", "651kB", "142kB", "RUN pip install -r requirements.txt", "reemitted", "/tmp/model.tar.gz",
        "RUN --mount=type=cache"])
        contains(text, part, `without script the page says ${part}`);
    check(await page.locator("svg.treemap rect").count() > 20, "without script there is a treemap");
    equals(await page.locator("svg.stack rect").count(), 10, "the bar has a rectangle for each layer");
    check(await page.locator("svg.treemap").isVisible(), "the treemap is seen");
    check(!await page.locator("#explorer").isVisible(), "nothing is shown that needs the script");
    await close(page, "the page without script");
}

async function askAxe(page, what) {
    const result = await page.evaluate(() => window.axe.run(document));
    check(result.violations.length === 0, `axe is content with ${what}`,
        result.violations.map((v) => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 200)]));
    check(result.passes.length > 20, `axe has looked at ${what}`, result.passes.length);
}

/* As it opens, and with folders unfolded, a search under way and a row walked to. */
async function testAccess(browser) {
    for (const colorScheme of ["light", "dark"])
        for (const name of ["wasteful", "hostile"]) {
            const page = await open(browser, name, { colorScheme });
            await page.evaluate(axe.source);
            await askAxe(page, `${name} in ${colorScheme}`);
            await page.screenshot({ path: path.join(folder, `${name}-${colorScheme}.png`), fullPage: true });
            await grid(page).focus();
            for (const key of ["ArrowRight", "ArrowDown", "ArrowRight", "ArrowDown"])
                await page.keyboard.press(key);
            await askAxe(page, `${name} unfolded in ${colorScheme}`);
            await page.getByLabel("Search").fill("o");
            await page.waitForFunction(() => document.querySelector("[role=status]").textContent.includes("match"));
            await page.locator("canvas").hover({ position: { x: 50, y: 50 } });
            await askAxe(page, `${name} searched in ${colorScheme}`);
            await page.getByLabel("Search").fill("nothing has this name");
            await page.waitForFunction(() => document.querySelector("[role=status]").textContent.includes("; 0 matches"));
            await askAxe(page, `${name} without a match in ${colorScheme}`);
            await close(page, `${name} in ${colorScheme}`);
        }
}

async function testSchemes(browser) {
    const backs = [];
    for (const colorScheme of ["light", "dark"]) {
        const page = await open(browser, "wasteful", { colorScheme });
        backs.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
        const before = await pixels(page);
        await page.emulateMedia({ colorScheme: colorScheme === "light" ? "dark" : "light" });
        await page.waitForFunction((old) => document.querySelector("canvas").toDataURL() !== old, before);
        await close(page, `a change from ${colorScheme}`);
    }
    check(backs[0] !== backs[1], "dark is not light", backs);
    const page = await open(browser, "wasteful", { forcedColors: "active", reducedMotion: "reduce" });
    await page.locator("canvas").click({ position: { x: 100, y: 8 } });
    check(await page.evaluate(() => getComputedStyle(document.querySelector(".marker")).transitionDuration) === "0s",
        "nothing moves for who does not want it");
    await page.emulateMedia({ media: "print" });
    check(await page.locator("svg.treemap").isVisible(), "the printed page has the treemap");
    check(!await page.locator("#explorer").isVisible(), "the printed page has no controls");
    await close(page, "forced colours and print");
}

async function testKeyboard(browser) {
    const page = await open(browser, "wasteful");
    await page.keyboard.press("Tab");
    equals(await page.evaluate(() => document.activeElement.className), "skip", "the first stop leads to the report");
    await grid(page).focus();
    let at = await active(page);
    equals(at.text, "usr/", "the largest folder is first");
    equals(at.level, 1, "a row knows its level");
    equals(at.expanded, "false", "a folder begins folded");
    await page.keyboard.press("ArrowRight");
    equals((await active(page)).expanded, "true", "right unfolds");
    await page.keyboard.press("ArrowRight");
    at = await active(page);
    equals(at.level, 2, "right again goes in");
    await page.keyboard.press("ArrowLeft");
    equals((await active(page)).text, "usr/", "left goes back to the folder");
    await page.keyboard.press("ArrowLeft");
    equals((await active(page)).expanded, "false", "left again folds");
    await page.keyboard.press("ArrowDown");
    equals((await active(page)).index, 3, "down goes down");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    equals((await active(page)).index, 2, "up stops at the top");
    await page.keyboard.press("End");
    const rows = Number(await grid(page).getAttribute("aria-rowcount"));
    equals((await active(page)).index, rows, "end goes to the last row");
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    equals(await trail(page), "/ usr", "enter goes into the folder");
    contains(await status(page), "/usr: 164kB", "the page says what is shown");
    contains(await page.evaluate(() => location.hash), "#p=/usr", "the address follows");
    await page.keyboard.press("Backspace");
    equals(await trail(page), "/", "backspace leaves it");
    equals((await active(page)).text, "usr/", "and stands where it was left");
    await page.keyboard.press("Enter");
    await page.goBack();
    equals(await trail(page), "/", "back goes back");
    await close(page, "a walk by keys");
}

async function testZoomAndSort(browser) {
    const page = await open(browser, "wasteful");
    await page.locator("canvas").hover({ position: { x: 100, y: 100 } });
    contains(await page.locator(".tip").innerText(), "/usr/", "the pointer is told what it points at");
    await page.locator("canvas").click({ position: { x: 100, y: 100 } });
    check((await trail(page)).startsWith("/ usr"), "a click goes in", await trail(page));
    const deep = await pixels(page);
    await page.locator(".trail button").first().click();
    equals(await trail(page), "/", "a crumb leads back");
    check(deep !== await pixels(page), "the treemap follows");
    equals(await page.evaluate(() => document.activeElement.textContent), "/", "the focus stays in the trail");
    const names = async () => page.locator(".rows .text").allTextContents();
    await page.locator("[role=columnheader].name button").click();
    const sorted = await names();
    equals(sorted.join(), [...sorted].sort().join(), "a click on the name sorts by it");
    equals(await page.locator("[role=columnheader].name").getAttribute("aria-sort"), "ascending", "and says so");
    await page.locator("[role=columnheader].name button").click();
    equals((await names()).join(), sorted.reverse().join(), "another turns it round");
    await close(page, "zoom and sort");
}

async function testSearch(browser) {
    const page = await open(browser, "wasteful");
    const before = await pixels(page);
    await page.getByLabel("Search").fill("LIBC");
    await page.waitForFunction(() => document.querySelector("[role=status]").textContent.includes("matches"));
    contains(await status(page), "3 matches for “LIBC”", "a search counts");
    const rows = await page.locator(".rows .text").allTextContents();
    check(rows.includes("libc.so.6") && rows.includes("libcurl.so.4.8.0"), "what matches is listed", rows);
    check(!rows.includes("python3.11"), "what does not is left out", rows);
    check(before !== await pixels(page), "what does not match is grey");
    await page.getByLabel("Search").fill("lib/x86_64-linux-gnu/libcurl");
    await page.waitForFunction(() => document.querySelector("[role=status]").textContent.includes("1 match "));
    await page.getByLabel("Search").fill("");
    await page.waitForFunction(() => !document.querySelector("[role=status]").textContent.includes("match"));
    equals(before, await pixels(page), "without a search all is as before");
    await close(page, "search");
}

async function testStatesAndAddress(browser) {
    const page = await open(browser, "wasteful", { hash: "#p=/app&s=6&c=kind&q=logo" });
    equals(await trail(page), "/ app", "an address names the folder");
    equals(await page.getByLabel("State after").inputValue(), "6", "and the state");
    equals(await page.getByLabel("Colour by").inputValue(), "kind", "and the colour");
    equals(await page.getByLabel("Search").inputValue(), "logo", "and the search");
    contains(await page.locator(".legend").innerText(), "pictures, fonts, media", "kinds are explained");
    await page.getByLabel("Search").fill("");
    await page.getByLabel("State after").selectOption("9");
    contains(await status(page), "/app: 72.2kB", "the final state is that of the tables");
    await page.getByLabel("State after").selectOption("0");
    equals(await trail(page), "/", "a folder that is not there yet gives way to the one above");
    contains(await status(page), "105kB", "the lowest layer alone has its content");
    await page.getByLabel("Colour by").selectOption("layer");
    contains(await page.locator(".legend").innerText(), "layer 0", "layers are explained");
    for (const hash of ["#p=/no/such/place", "#p=%zz", "#s=99", "#p=/&s=-1&c=x", "#waste", "#p=%00&q=%3Cb%3E"]) {
        await page.goto(urlOf("wasteful", hash));
        check(await grid(page).isVisible(), `the page bears the address ${hash}`);
    }
    page.requests.length = Math.min(page.requests.length, 1); // those were ours
    await close(page, "states and addresses");
}

async function testHostileNames(browser) {
    for (const javaScriptEnabled of [true, false]) {
        const page = await open(browser, "hostile", { javaScriptEnabled });
        if (javaScriptEnabled) {
            await page.evaluate(() => { window.before = document.querySelectorAll("*").length; });
            await grid(page).focus();
            for (let i = 0; i < 45; i++) {
                await page.keyboard.press("ArrowRight");
                await page.keyboard.press("ArrowDown");
            }
            await page.locator("canvas").hover({ position: { x: 40, y: 40 } });
            for (const sought of ["<", "\"", "onerror", "\\x", "proto"]) {
                await page.getByLabel("Search").fill(sought);
                await page.waitForTimeout(200);
            }
            await page.getByLabel("Search").fill("");
            await page.waitForTimeout(200);
            const elements = await page.evaluate(() => ["img", "b", "script", "iframe"].map(
                (name) => document.getElementsByTagName(name).length).join());
            equals(elements, "0,0,2,0", "no name became an element");
            await page.evaluate(() => document.querySelector("[role=treegrid]").scrollTo(0, 0));
            const rows = (await page.locator(".rows .text").allTextContents()).join("\n");
            for (const name of ["<!--", "\"><img src=x onerror=alert(2)>", "new\\x0aline", "\\u{202e}gnp.exe", "__proto__",
                "bytes\\xff\\xfe", "back\\\\slash"])
                contains(rows, name, "a name stands in the table as text");
        } else {
            equals(await page.locator("img, b, iframe").count(), 0, "without script no name became an element");
        }
        contains(await page.locator("h1").textContent(), "<img src=x onerror=alert(6)>", "the tag is text");
        const text = await page.locator("main").innerText();
        contains(text, "RUN echo </script>\"><img src=x onerror=alert(5)>", "the instruction is text");
        check(!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(text),
            "nothing drives or reorders the text");
        await close(page, `hostile names, script ${javaScriptEnabled ? "on" : "off"}`);
    }
}

/* Were a name ever to become markup, the policy of the page would still let nothing run or load. */
async function testPolicy(browser) {
    const page = await open(browser, "wasteful");
    await page.evaluate(() => {
        const place = document.createElement("div");
        place.innerHTML = "<img src='picture.png' onerror='window.ran = 1'><p style='color: red' onclick='window.ran = 1'>";
        document.body.append(place);
        place.lastChild.click();
        const script = document.createElement("script");
        script.textContent = "window.ran = 1";
        document.body.append(script);
    });
    await page.waitForTimeout(200);
    equals(await page.evaluate(() => window.ran), undefined, "what is put into the page does not run");
    equals(page.refused.join(), "csp", "nor load anything");
    check(page.complaints.length >= 4 && page.complaints.every((text) => text.includes("Content Security Policy")),
        "the policy says so", page.complaints);
    await page.context().close();
}

/* Times are told, not judged: they are the machine's. */
async function testMany(browser) {
    const page = await open(browser, "many");
    const ready = await page.evaluate(() => performance.getEntriesByName("ready")[0].startTime);
    console.log(`200,000 files: ready after ${Math.round(ready)} ms`);
    await grid(page).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("End");
    check((await active(page)).seen, "the last of many rows is there when it is wanted");
    await page.getByLabel("Search").fill("alpha");
    await page.waitForFunction(() => document.querySelector("[role=status]").textContent.includes("matches"));
    check(await page.locator(".rows [role=row]").count() < 80, "rows are made for what is seen alone");
    await close(page, "many files");
}

(async () => {
    const browser = await chromium.launch({ executablePath: executable, args: FLAGS });
    console.log(`Chromium ${browser.version()}, axe ${axe.version}`);
    for (const test of [testWithoutScript, testAccess, testSchemes, testKeyboard, testZoomAndSort, testSearch,
        testStatesAndAddress, testHostileNames, testPolicy, testMany])
        await test(browser).catch((error) => check(false, `${test.name} ends`, String(error.stack || error)));
    await browser.close();
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed ? 1 : 0;
})();

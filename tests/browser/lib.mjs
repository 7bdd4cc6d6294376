/* For tests in a browser: TAP, a page under watch, signing in. A test is
 *     import { test, visitor, done } from "./lib.mjs";
 *     await test("a clerk sees …", async (check) => { const v = await visitor("clerk"); …; await v.close(check); });
 *     await done();
 * v.close(check) tells what the watch saw: errors on the console, requests to another host. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.env.BROWSER_TOOLS + "/");
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
export const CONSOLE = process.env.CONSOLE;
export const PASSWORD = process.env.CONSOLE_PASSWORD;
export const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

let browser = null;
let count = 0;
let failures = 0;

/* check(what, condition or function that throws, detail) writes one line of TAP. */
export async function test(name, body) {
    const check = (what, holds, detail = "") => {
        count++;
        failures += holds ? 0 : 1;
        console.log(`${holds ? "ok" : "not ok"} ${count} - ${name}: ${what}`);
        if (!holds && detail !== "") {
            console.log(String(detail).split("\n").map((line) => "# " + line).join("\n"));
        }
        return Boolean(holds);
    };
    try {
        await body(check);
    } catch (error) {
        check("ends without an error", false, error.stack);
    }
}

export async function done() {
    if (browser !== null) {
        await browser.close();
    }
    console.log(`1..${count}`);
    process.exit(failures === 0 ? 0 : 1);
}

/* What a page did that none may. `forgiven`: texts of console errors that the test itself brought about. */
function watch(page) {
    const seen = { errors: [], foreign: [], forgiven: [] };
    page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") {
            seen.errors.push(message.text() + " " + (message.location().url || ""));
        }
    });
    page.on("pageerror", (error) => seen.errors.push(error.stack));
    page.on("request", (request) => {
        const url = new URL(request.url());
        if (url.protocol !== "data:" && url.protocol !== "blob:" && url.origin !== CONSOLE) {
            seen.foreign.push(request.url());
        }
    });
    return seen;
}

/* A window of its own. who: a person of site.sh, or null for nobody. */
export async function visitor(who, { size = "desktop", lang = "vi", light = "light" } = {}) {
    browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
    const context = await browser.newContext({
        viewport: SIZES[size], colorScheme: light, locale: "vi-VN", timezoneId: "Asia/Ho_Chi_Minh", reducedMotion: "reduce",
        hasTouch: size === "phone", isMobile: size === "phone",
    });
    await context.addInitScript((chosen) => localStorage.getItem("thidua.lang") || localStorage.setItem("thidua.lang", chosen), lang);
    context.setDefaultTimeout(20000);
    const page = await context.newPage();
    const seen = watch(page);
    const made = {
        page, context, seen,
        /* Until nothing is on its way: no skeleton, no busy part. */
        settled: () => page.waitForFunction(() => document.querySelector("h1, form") && !document.querySelector(".skeleton, [aria-busy=true]")),
        go: async (hash) => {
            await page.evaluate((to) => {
                if (location.hash === to) {
                    dispatchEvent(new HashChangeEvent("hashchange"));
                } else {
                    location.hash = to;
                }
            }, hash);
            // The page of that address has begun (its old content is gone) before it can have settled.
            await page.waitForFunction(() => document.querySelector("#page"));
            await page.evaluate(() => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next))));
            await made.settled();
        },
        text: () => page.evaluate(() => document.body.innerText),
        axe: () => serious(page),
        close: async (check) => {
            const errors = seen.errors.filter((text) => !seen.forgiven.some((part) => text.includes(part)));
            check("no error on the console", errors.length === 0, errors.join("\n"));
            check("no request leaves the host", seen.foreign.length === 0, seen.foreign.join("\n"));
            await context.close();
        },
    };
    await page.goto(CONSOLE + "/");
    await page.waitForSelector("form");
    if (who !== null) {
        await page.fill("input[name=principal]", who);
        await page.fill("input[name=password]", PASSWORD);
        await page.click("button[type=submit]");
        await page.waitForSelector(".band");
        await made.settled();
    }
    return made;
}

/* What axe-core finds serious or critical, as text, one a line; "" is what is wanted. It is told to the page through the browser's own
 * door, which the page's policy does not close. */
async function serious(page) {
    await page.evaluate(AXE);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    return found.violations
        .filter((one) => one.impact === "serious" || one.impact === "critical")
        .map((one) => `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.target.join(" ") + " " + (node.any[0] ? node.any[0].message : "")).join(" | ")}`)
        .join("\n");
}

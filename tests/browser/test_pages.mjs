/* What must hold on every page: axe finds nothing serious, in the light and in the dark, at a desk and on a phone; one heading of the first
 * order; nothing wider than the window; both languages say something else. */
import { done, test, visitor } from "./lib.mjs";
import { PAGES } from "./pages.mjs";

const LOOKS = [{ size: "desktop", lang: "vi", light: "light" }, { size: "phone", lang: "en", light: "dark" }];

for (const look of LOOKS) {
    for (const who of new Set(PAGES.map((page) => page.who))) {
        await test([who || "nobody", look.size, look.lang, look.light].join(" "), async (check) => {
            const v = await visitor(who, look);
            for (const one of PAGES.filter((page) => page.who === who)) {
                if (one.hash) {
                    await v.go(one.hash);
                }
                if (one.do) {
                    await one.do(v.page);
                    await v.settled();
                }
                const serious = await v.axe();
                check(one.name + ": axe finds nothing serious", serious === "", serious);
                const heads = await v.page.$$eval("h1", (all) => all.length);
                check(one.name + ": one heading of the first order", heads === 1, heads);
                const wide = await v.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
                check(one.name + ": nothing is wider than the window", wide <= 0, wide);
            }
            await v.close(check);
        });
    }
}

await done();

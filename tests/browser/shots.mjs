/* A picture of every page: node shots.mjs FOLDER [PAGE…]. Desktop and phone, both languages, and the desktop in the dark. */
import { mkdirSync } from "node:fs";
import { done, test, visitor } from "./lib.mjs";
import { PAGES } from "./pages.mjs";

const [folder, ...names] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const wanted = PAGES.filter((page) => names.length === 0 || names.includes(page.name));
const LOOKS = [
    { size: "desktop", lang: "vi", light: "light" },
    { size: "desktop", lang: "en", light: "light" },
    { size: "phone", lang: "vi", light: "light" },
    { size: "phone", lang: "en", light: "light" },
    { size: "desktop", lang: "vi", light: "dark" },
    { size: "phone", lang: "vi", light: "dark" },
];

for (const look of LOOKS) {
    for (const who of new Set(wanted.map((page) => page.who))) {
        await test([who || "nobody", look.size, look.lang, look.light].join(" "), async (check) => {
            const v = await visitor(who, look);
            for (const one of wanted.filter((page) => page.who === who)) {
                if (one.hash) {
                    await v.go(one.hash);
                }
                if (one.do) {
                    await one.do(v.page);
                    await v.settled();
                }
                // Sticky parts stand where they are in a window, not in the middle of a long picture.
                await v.page.screenshot({ path: `${folder}/${one.name}-${look.size}-${look.lang}${look.light === "dark" ? "-dark" : ""}.png`, fullPage: !one.do || !(await v.page.$("dialog[open]")) });
                check(one.name, true);
            }
            await v.close(check);
        });
    }
}
await done();

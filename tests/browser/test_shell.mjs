/* Signing in and out, the frame: language, light, keyboard, a phone's menu, the policy that every page stands under. */
import { CONSOLE, done, test, visitor } from "./lib.mjs";

await test("the door", async (check) => {
    const v = await visitor(null);
    v.seen.forgiven.push("401");
    check("says nothing to nobody", !(await v.text()).includes("Thành phố Hà Nội"));
    check("is in Vietnamese", (await v.page.getAttribute("html", "lang")) === "vi" && (await v.text()).includes("Đăng nhập"));
    await v.page.fill("input[name=principal]", "secretary");
    await v.page.fill("input[name=password]", "khong-phai-mat-khau");
    await v.page.click("button[type=submit]");
    await v.page.waitForSelector("[role=alert]");
    check("refuses a wrong password in a sentence", (await v.text()).includes("Tên hoặc mật khẩu không đúng."));
    check("forgets the wrong password", (await v.page.inputValue("input[name=password]")) === "");
    check("axe finds nothing serious", (await v.axe()) === "", await v.axe());
    await v.close(check);
});

const ROOMS = {
    clerk: ["overview", "units", "send", "approvals", "review", "honours", "operations"],
    district: ["overview", "units", "send", "approvals", "review", "meetings", "honours", "operations"],
    secretary: ["overview", "units", "approvals", "review", "meetings", "honours", "operations"],
    member: ["overview", "units", "approvals", "review", "meetings", "honours", "operations"],
    operator: ["units", "honours", "operations"],
    auditor: ["overview", "units", "approvals", "review", "meetings", "honours", "operations"],
};
for (const [who, rooms] of Object.entries(ROOMS)) {
    await test(`the rooms of ${who}`, async (check) => {
        const v = await visitor(who);
        const found = await v.page.$$eval(".rooms a[data-page]", (links) => links.map((a) => a.dataset.page));
        const seen = found.filter((name) => name !== "meetings" || rooms.includes(name));
        check("are those of its roles", JSON.stringify(seen) === JSON.stringify(rooms), found.join(" "));
        for (const room of found) {
            await v.go("#/" + room);
            check(`${room} opens`, (await v.page.$$("#page h1")).length === 1 && (await v.page.$$("#page .notice[data-tone=bad]")).length === 0,
                await v.page.innerText("#page"));
        }
        await v.close(check);
    });
}

await test("the frame", async (check) => {
    const v = await visitor("secretary");
    await v.go("#/units/001/tallies");
    await v.page.click(".choices button[data-choice=en]");
    await v.settled();
    check("changes its language where it stands", (await v.page.getAttribute("html", "lang")) === "en" && (await v.text()).includes("Vaccine doses given"));
    check("and the page with it", (await v.page.evaluate(() => location.hash)).startsWith("#/units/001/tallies"));
    await v.page.click(".choices button[data-choice=dark]");
    await v.settled();
    const dark = await v.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await v.page.reload();
    await v.page.waitForSelector(".band");
    await v.settled();
    check("keeps language and light in the browser", (await v.page.getAttribute("html", "lang")) === "en" &&
        (await v.page.evaluate(() => getComputedStyle(document.body).backgroundColor)) === dark && dark === "rgb(22, 19, 17)", dark);
    await v.page.keyboard.press("Tab");
    check("begins with a way past itself", (await v.page.evaluate(() => document.activeElement.className)) === "skip");
    await v.page.keyboard.press("Enter");
    check("which leads to the page", (await v.page.evaluate(() => document.activeElement.id)) === "page");
    await v.page.click(".account summary");
    await v.page.click(".account-panel button");
    await v.page.waitForSelector("form");
    check("lets one leave", !(await v.text()).includes("Ba Đình"));
    const status = await v.page.evaluate(() => fetch("/api/me").then((r) => r.status));
    v.seen.forgiven.push("401");
    check("and the session has ended", status === 401, status);
    await v.close(check);
});

await test("a phone", async (check) => {
    const v = await visitor("secretary", { size: "phone" });
    check("hides the rooms", !(await v.page.isVisible(".rooms")));
    await v.page.click(".band-menu");
    await v.page.waitForSelector(".rooms[data-open] a[data-page=units]", { state: "visible" });
    check("shows them at a press", true);
    await v.page.keyboard.press("Escape");
    check("and hides them at Escape", !(await v.page.$(".rooms[data-open]")));
    const small = await v.page.$$eval("#page button, #page select, .band button, .band summary, .rooms a", (all) => all
        .map((e) => [e, e.getBoundingClientRect()])
        .filter(([e, box]) => box.width > 0 && (box.height < 43.5 || box.width < 43.5) && !e.closest("thead"))
        .map(([e, box]) => e.outerHTML.slice(0, 80) + " " + box.width + "x" + box.height));
    check("has targets of 44 px", small.length === 0, small.join("\n"));
    const wide = await v.page.evaluate(() => document.documentElement.scrollWidth);
    check("does not scroll sideways", wide <= 390, wide);
    await v.close(check);
});

await test("the policy", async (check) => {
    const v = await visitor("secretary");
    const answer = await v.page.request.get(CONSOLE + "/console/");
    const policy = answer.headers()["content-security-policy"] || "";
    check("forbids what is not said", policy.includes("default-src 'none'") && !policy.includes("unsafe"), policy);
    v.seen.forgiven.push("Content Security Policy", "Content-Security-Policy");
    await v.page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "globalThis.broken = true";
        document.body.append(script);
    });
    check("holds against a script in the page", (await v.page.evaluate(() => globalThis.broken)) === undefined);
    const sources = await v.page.evaluate(async () => {
        const urls = performance.getEntriesByType("resource").map((r) => r.name).filter((name) => name.includes("/console/js/"));
        return Promise.all(urls.map((url) => fetch(url).then((r) => r.text())));
    });
    check("needs no exception: nothing writes HTML", sources.length > 10 && !sources.some((text) => /\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write)\b\s*[=(]/.test(text)));
    await v.close(check);
});

await done();

/* Operations, live: what comes in is seen without a reload; what is wrong is said with what to do. */
import { execFileSync } from "node:child_process";
import { done, test, visitor } from "./lib.mjs";

for (const lang of ["vi", "en"]) {
    await test(`operations (${lang})`, async (check) => {
        const v = await visitor("operator", { lang });
        check("are where an operator lands", (await v.page.innerText("h1")) === (lang === "vi" ? "Vận hành" : "Operations"));
        await v.page.waitForSelector(".live-dot:not([data-stale])");
        await v.page.waitForSelector("#page .figure");
        const count = () => v.page.$$eval("#page tbody tr", (rows) => Number(rows[0].innerText.split("\t")[5].replace(/\D/g, "")));
        const before = await count();
        const report = JSON.stringify({ unit: "00006", form: "ward-daily", period: "2021-11-06", values: { doses: before, "first-doses": before, "second-doses": 0, "further-doses": 0, "new-cases": 0 } });
        execFileSync("thidua", ["submit", "--wait", "--quiet", "-"], { input: report });
        await v.page.waitForFunction((old) => document.querySelector("#page tbody tr").innerText.split("\t").slice(5, 7).some((text, i) => i === 0 ? Number(text.replace(/\D/g, "")) > old : Number(text) > 0), before);
        check("a report is seen as it comes", true);
        const text = await v.page.innerText("#page");
        check("shards, disk, sessions, quarantine", (lang === "vi" ? ["Các phân mảnh", "Đĩa còn trống", "Ai đang kết nối", "Bị cách ly"] : ["Shards", "Disk free", "Who is connected", "Quarantined"]).every((word) => text.includes(word)), text);
        await v.close(check);
    });
}

await test("a trouble", async (check) => {
    const v = await visitor("auditor");
    await v.page.route("**/api/status", async (route) => {
        const answer = await route.fetch();
        const body = await answer.json();
        await route.fulfill({ response: answer, json: { ...body, ok: false, problems: ["disk-low", "shard-without-worker"] } });
    });
    await v.go("#/operations");
    await v.page.waitForSelector("#page .notice[data-tone=bad]");
    const text = await v.page.innerText("#page");
    check("is said, with what to do", text.includes("Đĩa gần đầy") && text.includes("thidua backup") && text.includes("không có tiến trình xử lý"), text.slice(0, 400));
    await v.close(check);
});

await test("what a broker tells of its times", async (check) => {
    const v = await visitor("operator");
    await v.page.route("**/api/status", async (route) => {
        const answer = await route.fetch();
        const body = await answer.json();
        const shards = body.shards.map((shard) => ({ ...shard, oldest_ms: 61000, rejected_by: { "rule-broken": 7 }, verdicts: { accepted: 4321, corrected: 5, rejected: 7, quarantined: 0 } }));
        await route.fulfill({ response: answer, json: { ...body, shards, records_10s: 250, times: { bounds_us: [1000, 5000, 20000], receipts: [9, 60, 39, 1, 0] } } });
    });
    await v.go("#/units");
    await v.go("#/operations");
    await v.page.waitForSelector("text=rule-broken");
    const text = await v.page.innerText("#page");
    check("is shown: rate, latency, oldest, codes", ["25", "1,0 ms", "99 %: dưới 5,0 ms", "1 phút 1 giây", "4.321"].every((part) => text.includes(part)), text);
    await v.close(check);
});

await test("silent units", async (check) => {
    const v = await visitor("auditor");
    await v.go("#/operations");
    await v.page.waitForSelector("text=Đơn vị im lặng");
    await v.settled();
    check("are named", (await v.page.innerText("#page")).includes("Phường Bạch Đằng"), await v.page.innerText("#page"));
    await v.close(check);
});

await test("the line", async (check) => {
    const v = await visitor("operator");
    v.seen.forgiven.push("net::ERR", "Failed to load");
    await v.page.waitForSelector("#page .figure");
    await v.context.setOffline(true);
    await v.page.waitForSelector(".live-dot[data-stale]");
    check("is told to be down", await v.page.isVisible(".line-down"));
    await v.context.setOffline(false);
    await v.page.waitForSelector(".live-dot:not([data-stale])");
    await v.page.waitForSelector(".line-down", { state: "hidden" });
    check("and to be back", true);
    await v.close(check);
});

await done();

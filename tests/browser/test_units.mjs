/* Units: tree, search without marks, tallies down to the report behind a number, series, corrections, missing, rank. */
import { execFileSync } from "node:child_process";
import { done, test, visitor } from "./lib.mjs";

/* A name that is a script: the registry refuses none of its letters, so the page must. */
const HOSTILE = "<img src=x onerror=alert(1)>";

await test("finding a unit", async (check) => {
    const v = await visitor("secretary");
    await v.go("#/units");
    await v.page.fill("input[type=search]", "phuc xa");
    await v.page.waitForSelector(".finder-list a");
    const found = await v.page.$$eval(".finder-list a", (all) => all.map((a) => a.innerText));
    check("needs no marks", found.some((name) => name.startsWith("Phường Phúc Xá")), found.join(", "));
    await v.page.fill("input[type=search]", "");
    await v.page.waitForSelector(".tree:not([hidden])");
    await v.page.click("[aria-label='Mở Quận Hoàn Kiếm']");
    await v.page.waitForSelector("text=Phường Hàng Đào");
    check("or a tree that opens", (await v.page.getAttribute("[aria-label='Mở Quận Hoàn Kiếm']", "aria-expanded")) === "true");
    await v.page.fill("input[type=search]", "khong co don vi nay");
    await v.page.waitForSelector(".finder .empty");
    check("says what to do where there is none", (await v.page.innerText(".finder")).includes("không cần dấu"));
    await v.close(check);
});

await test("the report behind a number", async (check) => {
    const v = await visitor("secretary");
    await v.go("#/units/001/tallies?period=2021W44");
    await v.page.click("tr:has-text('Số liều vắc xin đã tiêm') .btn-cell");
    await v.page.waitForSelector("dialog[open] table");
    const shares = await v.page.$$eval("dialog tbody tr", (rows) => rows.map((row) => row.innerText.split("\t")));
    const total = shares.reduce((sum, row) => sum + Number(row[1].replace(/\D/g, "")), 0);
    const shown = Number((await v.page.innerText("dialog h2")).replace(/^.*: /, "").replace(/\D/g, ""));
    check("the wards' shares add up to the district's number", shares.length === 14 && total === shown && shown > 0, `${shares.length} ${total} ${shown}`);
    await v.page.click("dialog a:has-text('Phường Phúc Xá')");
    await v.page.waitForSelector("dialog", { state: "detached" });
    await v.settled();
    await v.page.click("tr:has-text('Số liều vắc xin đã tiêm') .btn-cell");
    await v.page.waitForSelector("dialog[open] table");
    const reports = await v.page.$$eval("dialog tbody tr", (rows) => rows.map((row) => row.innerText));
    check("a ward's are its reports, each with a receipt", reports.length === 7 && reports.every((row) => /\d+\.\d+/.test(row)), reports.join("\n"));
    await v.page.keyboard.press("Escape");
    check("Escape closes it", !(await v.page.$("dialog")));
    await v.page.click("tr:has-text('Số liều vắc xin đã tiêm') .btn-cell");
    await v.page.waitForSelector("dialog[open]");
    await v.page.goBack();
    await v.page.waitForSelector("dialog", { state: "detached" });
    check("and so does the way back", true);
    await v.close(check);
});

await test("a correction", async (check) => {
    const report = JSON.stringify({ unit: "00013", form: "ward-daily", period: "2021-11-03", values: { doses: 77, "first-doses": 7, "second-doses": 70, "further-doses": 0, "new-cases": 0 } });
    execFileSync("thidua", ["submit", "--wait", "--quiet", "-"], { input: report });
    const v = await visitor("district");
    await v.go("#/units/00013/reports?period=20211103");
    const summary = await v.page.innerText("details.report summary");
    check("is told", summary.includes("đã sửa 1 lần"), summary);
    await v.page.click("details.report summary");
    await v.page.waitForSelector("details.report table");
    const text = await v.page.innerText("details.report");
    check("with the number that counts, and when each came", text.includes("77") && text.includes("đang tính") && (text.match(/\d+\.\d+\s/g) || []).length >= 2, text);
    await v.close(check);
});

await test("series, missing, rank", async (check) => {
    const v = await visitor("secretary", { lang: "en" });
    await v.go("#/units/001/series?form=ward-daily&indicator=doses&period=2021W44");
    await v.page.click(".chart details summary");
    await v.page.waitForSelector(".chart table tbody tr");
    check("a series is a table too", (await v.page.$$(".chart table tbody tr")).length === 7);
    await v.go("#/units/002/missing?form=ward-daily&period=2021W44");
    const missing = await v.page.innerText("#page table");
    check("who is missing, and how much", missing.includes("7 / 7"), missing);
    await v.go("#/units/001/rank?period=202111");
    const rank = await v.page.innerText("#page");
    check("rank and how it came about", /of 6 units in bloc cum-1/.test(rank) && rank.includes("Place ") && rank.includes("Earned: "), rank.slice(0, 500));
    await v.close(check);
});

await test("what is not one's own", async (check) => {
    const v = await visitor("clerk");
    v.seen.forgiven.push("403");
    await v.go("#/units/00004/tallies");
    const text = await v.page.innerText("#page");
    check("is refused in a sentence, and nothing of it shown", text.includes("Bạn không có quyền xem phần này") && (await v.page.$$("#page .btn-cell")).length === 0, text);
    await v.close(check);
});

await test("a script for a name", async (check) => {
    const v = await visitor("secretary");
    await v.page.route("**/api/units?unit=001", async (route) => {
        const answer = await route.fetch();
        const body = await answer.json();
        await route.fulfill({ response: answer, json: { ...body, name: HOSTILE, contact: HOSTILE } });
    });
    await v.go("#/units/001/tallies");
    check("is text", (await v.page.innerText("h1")) === HOSTILE && (await v.page.$$("#page img")).length === 0);
    await v.close(check);
});

await done();

/* Send: a form that is looked at as it is filled in, a draft that outlives the page and the line and is sent once, a CSV file whose mistakes
 * stand beside its rows. */
import { done, test, visitor } from "./lib.mjs";

const press = (page, name) => page.click(`role=button[name="${name}"]`);
const value = (page, code, text) => page.fill(`#value-${code}`, text);

async function fill(page, doses) {
    await value(page, "doses", String(doses));
    await value(page, "first-doses", String(doses - 10));
    await value(page, "second-doses", "10");
    await value(page, "further-doses", "0");
    await value(page, "new-cases", "2");
    await value(page, "contacts-traced", "5");
}

await test("a report in its form", async (check) => {
    const v = await visitor("clerk");
    await v.go("#/send?form=ward-daily&period=20211105");
    check("what was sent before is there", (await v.page.inputValue("#value-doses")) !== "" && (await v.text()).includes("Đã có báo cáo"));
    await fill(v.page, 120);
    await value(v.page, "doses", "1.120");
    check("a rule of the form is looked at while one types", (await v.page.innerText(".notice[data-tone=bad]")).includes("1.120"), await v.text());
    await value(v.page, "doses", "mười");
    check("what is no number is told beside the field", (await v.page.innerText("#value-doses-said")).includes("con số"));
    await press(v.page, "Gửi");
    check("it is not sent, and the focus is where it is wrong", await v.page.evaluate(() => document.activeElement.id === "value-doses"));
    check("nothing serious for who cannot see it", (await v.axe()) === "", await v.axe());
    await value(v.page, "doses", "120");
    await v.page.reload();
    await v.settled();
    check("the draft outlives the page", (await v.page.inputValue("#value-doses")) === "120" && (await v.page.inputValue("#value-new-cases")) === "2");
    await press(v.page, "Gửi");
    await v.page.waitForSelector(".draft-list li[data-state=sent]");
    check("it counts, in place of the earlier one", (await v.page.innerText(".draft-list li")).includes("thay bản trước"), await v.page.innerText(".draft-list li"));
    const tally = await v.page.evaluate(async () => (await (await fetch("/api/tallies?unit=00001&period=20211105&indicators=doses")).json()).rows[0].values[0].value);
    check("the tally is the report's", tally === 120, tally);
    await v.close(check);
});

await test("the line is down", async (check) => {
    const v = await visitor("clerk", { size: "phone" });
    const sent = [];
    let lost = 0;
    await v.go("#/send?form=ward-daily&period=20211106");
    await v.page.route("**/api/report", async (route) => {
        sent.push(route.request().postData());
        if (sent.length < 3) {
            return route.abort("internetdisconnected"); // never left
        }
        await route.fetch();
        if (lost++ === 0) {
            return route.abort("connectionreset"); // arrived, and its answer was lost
        }
        return route.fallback();
    });
    v.seen.forgiven.push("ERR_INTERNET_DISCONNECTED", "ERR_CONNECTION_RESET");
    await fill(v.page, 77);
    await press(v.page, "Gửi");
    await v.page.waitForSelector(".draft-list li[data-state=waiting]");
    await v.page.waitForFunction(() => document.querySelector(".draft-list").innerText.includes("chờ gửi khi có mạng"));
    check("the report waits, and says so", true);
    check("nothing serious on a phone", (await v.axe()) === "", await v.axe());
    await v.page.reload(); // the browser was closed meanwhile
    await v.page.waitForSelector(".draft-list li");
    for (let i = 0; i < 5 && (await v.page.$(".draft-list li[data-state=waiting]")); i++) {
        await press(v.page, "Gửi ngay").catch(() => {});
        await v.page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
    }
    await v.page.waitForSelector(".draft-list li[data-state=sent]");
    check("it was tried with the same bytes each time", sent.length >= 4 && sent.every((body) => body === sent[0]), sent.join("\n"));
    const report = await v.page.evaluate(async () => (await (await fetch("/api/reports?unit=00001&period=20211106&form=ward-daily")).json()).reports[0]);
    check("and the site has it once", report.values.find((each) => each.indicator === "doses").value === 77 && report.earlier.length === 1, JSON.stringify(report));
    await v.close(check);
});

await test("a refusal", async (check) => {
    const v = await visitor("clerk", { lang: "en" });
    await v.go("#/send?form=ward-daily&period=20211107");
    await fill(v.page, 50);
    // Another rule than the browser knows: the site's word is the last.
    await v.page.route("**/api/report", (route) => route.continue({ postData: JSON.stringify({ ...JSON.parse(route.request().postData()), unit: "00004" }) }));
    v.seen.forgiven.push("409", "403");
    await press(v.page, "Send");
    await v.page.waitForSelector(".draft-list li[data-state=refused] .field-wrong");
    check("is told in a sentence, with the way on", (await v.page.innerText(".draft-list li")).includes("Open and mend"), await v.page.innerText(".draft-list li"));
    await v.close(check);
});

const CSV = `unit,period,doses,first-doses,second-doses,further-doses,new-cases,nothing
00001,2021-11-03,120,110,10,0,2,
00001,2021-11-04,121,110,10,0,2,
00001,2021-11-02,nhiều,110,10,0,2,
`;

await test("a CSV file", async (check) => {
    const v = await visitor("clerk");
    await v.go("#/send/file");
    v.seen.forgiven.push("409");
    await v.page.setInputFiles("#csv-file", { name: "tuần.csv", mimeType: "text/csv", buffer: Buffer.from(CSV) });
    await v.page.waitForSelector(".csv-table");
    const rows = await v.page.$$eval(".csv-table tbody tr", (list) => list.map((row) => row.innerText));
    check("a column that is no indicator is told", (await v.page.innerText(".notice[data-tone=bad]")).includes("nothing"));
    check("sums that do not add up stand beside their row", rows.find((row) => row.startsWith("3"))?.includes("120 ≠ 121"), rows.join("\n"));
    check("what is no number stands beside its cell", (await v.page.$$(".csv-table td[data-wrong]")).length === 1 && (await v.page.innerText(".csv-table td[data-wrong]")) === "nhiều");
    check("and nothing can be sent", (await v.page.$$("role=button[name='Gửi tệp']")).length === 0);
    check("nothing serious for who cannot see it", (await v.axe()) === "", await v.axe());
    const right = CSV.replace(",nothing", "").replaceAll(",\n", "\n").replace("121", "120").replace("nhiều", "120");
    await v.page.setInputFiles("#csv-file", { name: "tuần.csv", mimeType: "text/csv", buffer: Buffer.from(right) });
    await press(v.page, "Gửi tệp");
    await v.page.waitForSelector(".notice[data-tone=good]");
    check("the mended one is sent and counts", (await v.page.innerText(".notice[data-tone=good]")).includes("15"), await v.page.innerText(".notice"));
    const tally = await v.page.evaluate(async () => (await (await fetch("/api/tallies?unit=00001&period=20211104&indicators=doses")).json()).rows[0].values[0].value);
    check("the tally is the file's", tally === 120, tally);
    await v.close(check);
});

await test("what was refused of one's units", async (check) => {
    const v = await visitor("district");
    await v.go("#/send/verdicts");
    const text = await v.text();
    check("why, in a sentence, and what to do", text.includes("00004") && text.includes("Sửa số liệu cho khớp"), text);
    check("nothing serious for who cannot see it", (await v.axe()) === "", await v.axe());
    await v.close(check);
});

await done();

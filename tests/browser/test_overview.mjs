/* The overview: themes, figures, completeness by district, of the city and of one's own unit. */
import { done, test, visitor } from "./lib.mjs";

for (const [lang, words] of Object.entries({
    vi: { theme: "Tiêm vắc xin nhanh, an toàn, hiệu quả", figure: "Số liều vắc xin đã tiêm", week: "tuần 44/2021", before: "tuần 43/2021" },
    en: { theme: "Vaccination, fast and safe", figure: "Vaccine doses given", week: "week 44/2021", before: "week 43/2021" },
})) {
    await test(`the city's overview (${lang})`, async (check) => {
        const v = await visitor("secretary", { lang });
        const text = await v.text();
        check("six themes", (await v.page.$$(".theme")).length === 6 && text.includes(words.theme));
        check("a figure of the week that was", text.includes(words.figure) && text.includes(words.week), text.slice(0, 600));
        check("trend lines", (await v.page.$$(".theme .spark")).length > 3);
        check("a chart", (await v.page.$$("canvas[role=img]")).length === 1);
        const rows = await v.page.$$eval("table tbody tr", (all) => all.map((row) => row.innerText));
        check("completeness by district, the least complete first", rows.length === 10 && rows.some((row) => /^Quận|^Huyện|^Thị xã/.test(row)) && rows[0].includes("0"), rows.join("\n"));
        await v.page.click(".period-picker button >> nth=0");
        await v.settled();
        check("one step back", (await v.text()).includes(words.before) && (await v.page.evaluate(() => location.hash)).includes("period=2021W43"));
        await v.close(check);
    });
}

await test("a clerk's overview", async (check) => {
    const v = await visitor("clerk");
    const text = await v.text();
    check("is of the own ward", (await v.page.innerText("h1")) === "Phường Phúc Xá", text.slice(0, 300));
    check("leads to sending", await v.page.isVisible("#page a[href='#/send']"));
    check("shows no other ward", !text.includes("Phường Trúc Bạch"));
    await v.close(check);
});

await done();

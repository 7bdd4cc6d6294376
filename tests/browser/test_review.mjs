/* Review: the queue and its filters, an act by its button, a refusal that is told, a proposal with a document, the same name's history. */
import { done, test, visitor } from "./lib.mjs";

const rows = (page) => page.$$eval("tbody tr", (list) => list.map((row) => row.innerText));
const press = (page, name) => page.click(`role=button[name="${name}"]`);

await test("the secretary's queue", async (check) => {
    const v = await visitor("secretary");
    await v.go("#/review");
    const all = await rows(v.page);
    check("shows what is under review", all.some((row) => row.includes("Tổ COVID cộng đồng số 5")) && all.some((row) => row.includes("Nguyễn Thị Hồng Nhung")), all.join("\n"));
    check("and nothing that is done", !all.some((row) => row.includes("Phạm Thu Hà")));
    const days = await v.page.$$eval("td .deadline", (list) => list.map((cell) => cell.firstChild.textContent.trim().split("/").reverse().map((part) => part.padStart(2, "0")).join("")));
    check("the nearest deadline first", days.length > 3 && days.every((day, i) => i === 0 || days[i - 1] <= day), days.join(" "));
    await v.page.fill("input[type=search]", "hong nhung");
    await v.page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
    check("a name is found without its marks", (await rows(v.page))[0].includes("Nguyễn Thị Hồng Nhung"));
    check("the filter stands in the address", (await v.page.evaluate(() => location.hash)).includes("find=hong+nhung"));
    check("the focus stays in it", await v.page.evaluate(() => document.activeElement.type === "search"));
    check("nothing serious for who cannot see it", (await v.axe()) === "", await v.axe());
    await v.close(check);
});

await test("a nomination on its way", async (check) => {
    const v = await visitor("district");
    await v.go("#/review?find=truc+bach");
    await v.page.click("th .subject a");
    await v.page.waitForSelector(".moves");
    await press(v.page, "Trả lại");
    await v.page.click("dialog button[type=submit]");
    await v.page.waitForSelector("dialog .field-wrong:not([hidden])");
    check("a return without a reason is not sent", true);
    await v.page.keyboard.press("Escape");
    await v.page.waitForSelector("dialog", { state: "detached" });
    await press(v.page, "Thẩm định đạt");
    await v.page.waitForSelector("dialog[open]");
    check("the dialog is no trouble either", (await v.axe()) === "", await v.axe());
    await v.page.fill("dialog textarea", "Hồ sơ đủ.");
    await v.page.keyboard.press("Tab");
    await v.page.click("dialog button[type=submit]");
    await v.page.waitForSelector("dialog", { state: "detached" });
    await v.page.waitForFunction(() => document.querySelector(".facts")?.innerText.includes("đã thẩm định"));
    const acts = await v.page.innerText(".acts");
    check("it is verified, with the remark, by the district", acts.includes("Hồ sơ đủ.") && acts.includes("district"), acts);
    await v.page.fill("form textarea", "Ghi chú <script>alert(1)</script> & “ngoặc”");
    await press(v.page, "Ghi ý kiến");
    await v.page.waitForFunction(() => document.querySelector(".acts")?.innerText.includes("<script>alert(1)</script>"));
    check("a comment is text, whatever it looks like", (await v.page.$$("main script")).length === 0);
    await v.close(check);
});

await test("the unit that was asked", async (check) => {
    const v = await visitor("district", { lang: "en", size: "phone" });
    await v.go("#/review?state=consulting");
    await v.page.click("th .subject a");
    await v.page.waitForSelector(".moves");
    await v.page.click("role=button[name=/Give an opinion/]");
    await v.page.click("dialog button[type=submit]");
    await v.page.waitForSelector("dialog .field-wrong:not([hidden])");
    check("neither for nor against is not sent", true);
    await v.page.check("dialog input[value=true]");
    await v.page.click("dialog button[type=submit]");
    await v.page.waitForFunction(() => document.querySelector(".facts")?.innerText.includes("verified"));
    check("the last opinion makes it verified again", (await v.page.innerText(".acts")).includes("in favour"));
    check("nothing serious on a phone", (await v.axe()) === "", await v.axe());
    await v.close(check);
});

await test("an act that came too late", async (check) => {
    const first = await visitor("secretary"), second = await visitor("secretary");
    for (const v of [first, second]) {
        await v.go("#/review?find=dang+thi+mai");
        await v.page.click("th .subject a");
        await v.page.waitForSelector(".moves");
    }
    // The second one writes while the first one acts: what it was shown is no longer so.
    await press(second.page, "Trả lại");
    await second.page.fill("dialog textarea", "Thiếu biên bản.");
    await press(first.page, "Trả lại");
    await first.page.fill("dialog textarea", "Thiếu tờ trình.");
    await first.page.click("dialog button[type=submit]");
    await first.page.waitForFunction(() => document.querySelector(".facts")?.innerText.includes("trả lại"));
    second.seen.forgiven.push("409");
    await second.page.click("dialog button[type=submit]");
    await second.page.waitForSelector("dialog .notice[data-tone=bad]");
    check("is refused in a sentence", (await second.page.innerText("dialog .notice")).length > 20, await second.page.innerText("dialog .notice"));
    check("and what was written is still there", (await second.page.inputValue("dialog textarea")) === "Thiếu biên bản.");
    await first.close(check);
    await second.close(check);
});

await test("a proposal", async (check) => {
    const v = await visitor("clerk");
    await v.go("#/review/new");
    await press(v.page, "Gửi đề nghị");
    check("an empty one is not sent, and says why", (await v.page.$$("[aria-invalid=true]")).length >= 3);
    await v.page.selectOption("select:has(option[value=giay-khen-xa])", "giay-khen-xa");
    await v.page.selectOption("select:has(option[value=household])", "individual");
    await v.page.fill("role=textbox[name=/Tên tập thể/]", "Ngô Thị Bích Thủy");
    await v.page.fill("role=textbox[name='Thành tích']", "Nấu 3.200 suất ăn cho khu cách ly.");
    await v.page.setInputFiles("input[type=file]", { name: "Báo cáo thành tích.txt", mimeType: "text/plain", buffer: Buffer.from("3.200 suất ăn\n") });
    await v.page.waitForSelector(".document-list li:has-text('Báo cáo thành tích.txt')");
    await press(v.page, "Thêm số liệu này");
    await v.page.waitForSelector(".document-list li:has-text('Phường Phúc Xá')");
    await v.page.reload();
    await v.settled();
    check("its draft outlives the page", (await v.page.inputValue("role=textbox[name=/Tên tập thể/]")) === "Ngô Thị Bích Thủy");
    check("nothing serious for who cannot see it", (await v.axe()) === "", await v.axe());
    await press(v.page, "Gửi đề nghị");
    await v.page.waitForSelector(".acts");
    const text = await v.text();
    check("is there, with its document, whole", text.includes("Ngô Thị Bích Thủy") && text.includes("Báo cáo thành tích.txt") && text.includes("đủ"), text);
    const [download] = await Promise.all([v.page.waitForEvent("download"), v.page.click(".document-list a")]);
    const chunks = [];
    for await (const chunk of await download.createReadStream()) {
        chunks.push(chunk);
    }
    check("which comes back as it went", Buffer.concat(chunks).toString() === "3.200 suất ăn\n" && download.suggestedFilename() === "Báo cáo thành tích.txt", download.suggestedFilename());
    await v.go("#/review/new");
    check("and the draft is gone", (await v.page.inputValue("role=textbox[name=/Tên tập thể/]")) === "");
    await v.close(check);
});

await test("what came back is proposed again", async (check) => {
    const v = await visitor("clerk");
    await v.go("#/review?state=returned&find=le+van+binh");
    await v.page.click("th .subject a");
    await v.page.click("role=link[name='Gửi lại đề nghị']");
    await v.page.waitForSelector(".notice[data-tone=warn]");
    check("the reason stands over it", (await v.page.innerText(".notice[data-tone=warn]")).includes("số hộ đã giúp"));
    await v.page.fill("role=textbox[name='Thành tích']", "Hộ ông Bình nhường nhà cho 12 hộ.");
    await press(v.page, "Gửi đề nghị");
    await v.page.waitForFunction(() => document.querySelector(".facts")?.innerText.includes("mới gửi"));
    check("it is submitted anew, as the same nomination", (await v.text()).includes("nhường nhà cho 12 hộ"));
    await v.close(check);
});

await test("honours", async (check) => {
    const v = await visitor("member", { lang: "en" });
    await v.go("#/honours");
    const text = await v.text();
    check("names and decisions", text.includes("Trung tâm Y tế quận Đống Đa") && text.includes("5012/QĐ-UBND") && text.includes("Phạm Thu Hà"), text);
    check("nothing serious for who cannot see it", (await v.axe()) === "", await v.axe());
    await v.go("#/honours/list");
    check("a paper to print, in Vietnamese", (await v.page.innerText(".paper")).includes("DANH SÁCH KHEN THƯỞNG"));
    await v.go("#/honours/history?subject=pham%20thu%20ha");
    check("one name's history, marks aside", (await v.page.innerText("tbody")).includes("Phạm Thu Hà"));
    await v.close(check);
});

await done();

/* Meetings: who is there, votes in the open and in secret, a second vote that is refused by there being no button, calling one, the count. */
import { done, test, visitor } from "./lib.mjs";

const MEETING = process.env.MEETING;
const press = (page, name) => page.click(`role=button[name="${name}"]`);
const ballot = (page, name) => page.locator(".ballot", { hasText: name });
const OPEN = "Đội phản ứng nhanh phường Chương Dương";
const SECRET = "Bác sĩ Trần Quốc Tuấn";

async function cast(page, name, choice) {
    await ballot(page, name).getByRole("button", { name: choice, exact: true }).click();
    await page.click("dialog button[type=submit]");
    await page.waitForSelector("dialog", { state: "detached" });
    await ballot(page, name).locator(".notice[data-tone=good]").waitFor();
}

await test("a member votes", async (check) => {
    const v = await visitor("member", { size: "phone" });
    const asked = [];
    v.page.on("response", async (response) => response.url().includes(`/api/meetings/${MEETING}`) && asked.push(await response.text().catch(() => "")));
    await v.go(`#/meetings/${MEETING}`);
    check("three buttons for each that is on the table", (await v.page.$$(".ballot-choices button")).length === 6);
    check("nothing serious on a phone", (await v.axe()) === "", await v.axe());
    await cast(v.page, OPEN, "Đồng ý");
    check("an open vote is shown and counted", (await ballot(v.page, OPEN).innerText()).includes("2/4"), await ballot(v.page, OPEN).innerText());
    await cast(v.page, SECRET, "Không đồng ý");
    const text = await ballot(v.page, SECRET).innerText();
    check("a secret one is not told, not even to who cast it", text.includes("Bạn đã bỏ phiếu kín") && !text.includes("không đồng ý"), text);
    const told = JSON.parse(asked.at(-1)).table.find((item) => item.subject === SECRET);
    const own = told.votes.find((vote) => vote.principal === "member");
    check("the answer has no choice in it, only what is sealed", own.secret && !own.choice && own.commitment.length > 0, JSON.stringify(own));
    check("and there are no buttons any more", (await v.page.$$(".ballot-choices button")).length === 0);
    await v.close(check);
});

await test("the secretary runs it", async (check) => {
    const v = await visitor("secretary");
    await v.go("#/meetings");
    check("both meetings, the newest first", (await v.page.$$eval(".meeting-card h2", (list) => list.map((h2) => h2.innerText))).join("|") === "Họp Hội đồng xét khen thưởng đợt 3|Họp Hội đồng xét khen thưởng đợt 2");
    check("nothing serious in the list", (await v.axe()) === "", await v.axe());
    await v.go(`#/meetings/${MEETING}`);
    check("has no vote of its own", (await v.page.$$(".ballot-choices button")).length === 0);
    await v.page.check(".attendance input[value=chairman]");
    await press(v.page, "Ghi thành phần có mặt");
    await v.page.waitForFunction(() => document.body.innerText.includes("có mặt 4/4"));
    check("records who is present", true);
    v.seen.forgiven.push("409");
    await press(v.page, "Kết thúc và ghi kết quả");
    await v.page.click("dialog button[type=submit]");
    await v.page.waitForSelector("dialog .notice[data-tone=bad]");
    check("cannot close it while secret ballots are sealed", (await v.page.innerText("dialog .notice")).length > 20, await v.page.innerText("dialog .notice"));
    await v.page.keyboard.press("Escape");
    await v.close(check);
});

await test("minutes", async (check) => {
    const v = await visitor("secretary", { lang: "en" });
    await v.go(`#/meetings/${process.env.MEETING_OVER}/minutes`);
    const text = await v.page.innerText(".paper");
    check("who was there, and the count", text.includes("Có mặt 02/02 thành viên") && text.includes("Trung tâm Y tế quận Đống Đa"), text);
    check("nothing serious for who cannot see it", (await v.axe()) === "", await v.axe());
    await v.close(check);
});

await test("calling a meeting", async (check) => {
    const v = await visitor("secretary");
    await v.go("#/meetings/new");
    check("members are those of the last one", (await v.page.inputValue("role=textbox[name='Thành viên']")).split("\n").length === 4);
    const names = await v.page.innerText(".table-choice");
    check("only what is voted on and verified can be put there", names.includes("Lý Thanh Hòa") && !names.includes("Bệnh viện dã chiến Mê Linh"), names);
    await v.page.fill("role=textbox[name='Tên phiên họp']", "Họp Hội đồng đợt 4");
    await press(v.page, "Mở phiên họp");
    check("a secret vote needs the teller's key", (await v.page.innerText("[aria-invalid=true] ~ .field-wrong")).includes("64"));
    await v.page.fill("role=textbox[name='Khóa kiểm phiếu']", process.env.BALLOT_KEY);
    check("nothing serious for who cannot see it", (await v.axe()) === "", await v.axe());
    await press(v.page, "Mở phiên họp");
    await v.page.waitForSelector(".ballot");
    check("it is called", (await v.page.innerText("h1")) === "Họp Hội đồng đợt 4");
    await press(v.page, "Hủy phiên họp");
    await v.page.fill("dialog textarea", "Hoãn.");
    await v.page.click("dialog button[type=submit]");
    await v.page.waitForSelector("dialog", { state: "detached" });
    await v.page.waitForFunction(() => document.querySelector(".page-head")?.innerText.includes("đã kết thúc"));
    check("and called off", true);
    await v.close(check);
});

await done();

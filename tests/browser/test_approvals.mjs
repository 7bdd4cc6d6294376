/* Approvals: from below upwards, one by one and all that are ready, opened again with a reason. */
import { done, test, visitor } from "./lib.mjs";

const press = (page, name) => page.click(`role=button[name="${name}"]`);
const row = (page, name) => page.locator("tbody tr", { hasText: name });

await test("a district approves its wards", async (check) => {
    const v = await visitor("district");
    await v.go("#/approvals?period=202110");
    check("what is approved is told, and by whom", (await row(v.page, "Phường Phúc Xá").innerText()).includes("đã phê duyệt"));
    check("the district itself waits for its wards", (await row(v.page, "Quận Ba Đình").innerText()).includes("cấp dưới"), await row(v.page, "Quận Ba Đình").innerText());
    check("nothing serious for who cannot see it", (await v.axe()) === "", await v.axe());
    await row(v.page, "Phường Trúc Bạch").getByRole("button", { name: "Phê duyệt" }).click();
    check("what is missing is said before", (await v.page.innerText("dialog")).includes("Còn thiếu báo cáo"));
    await v.page.click("dialog button[type=submit]");
    await row(v.page, "Phường Trúc Bạch").getByRole("button", { name: "Mở lại" }).waitFor();
    check("a ward's month is approved", true);
    await row(v.page, "Phường Trúc Bạch").getByRole("button", { name: "Mở lại" }).click();
    await v.page.click("dialog button[type=submit]");
    await v.page.waitForSelector("dialog .field-wrong:not([hidden])");
    check("it is not opened again without a reason", true);
    await v.page.fill("dialog textarea", "Nhập thiếu một điểm tiêm.");
    await v.page.click("dialog button[type=submit]");
    await v.page.waitForSelector("dialog", { state: "detached" });
    await row(v.page, "Phường Trúc Bạch").getByText("Nhập thiếu một điểm tiêm.").waitFor();
    check("but with one, which is kept", (await row(v.page, "Phường Trúc Bạch").innerText()).includes("đã mở lại"));
    await v.close(check);
});

await test("a month that goes on", async (check) => {
    const v = await visitor("district", { lang: "en", size: "phone" });
    await v.go("#/approvals?period=202111");
    check("cannot be approved", (await v.text()).includes("has not ended") && (await v.page.$$("role=button[name=Approve]")).length === 0);
    check("nothing serious on a phone", (await v.axe()) === "", await v.axe());
    await v.close(check);
});

await test("a clerk sees, and cannot act", async (check) => {
    const v = await visitor("clerk");
    v.seen.forgiven.push("409");
    await v.go("#/approvals?period=202109");
    check("its own ward", (await v.text()).includes("Phường Phúc Xá"));
    await v.close(check);
});

await done();

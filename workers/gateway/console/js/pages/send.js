/* Send: #/send a report in its form, #/send/file a CSV file, #/send/verdicts what became of what was sent. */
import { replace, h } from "../dom.js";
import { page_head, skeleton, tabs } from "../parts.js";
import { href } from "../router.js";
import { tr, word } from "../words.js";
import { drafts_now, on_drafts } from "../send/keeping.js";

const ROOMS = {
    "": () => import("../send/form.js"),
    file: () => import("../send/file.js"),
    verdicts: () => import("../send/verdicts.js"),
};

export async function show(page) {
    const room = page.path[0] in ROOMS ? page.path[0] : "", box = h("div", skeleton(8)), bar = h("div");
    const draw_tabs = () => {
        const waiting = drafts_now().waiting().length;
        replace(bar, tabs(tr("Cách gửi", "Ways to send"), [
            { text: tr("Nhập biểu mẫu", "Fill in a form"), href: href("send"), current: room === "" },
            { text: tr("Tệp CSV", "CSV file"), href: href("send", ["file"]), current: room === "file" },
            { text: tr("Kết quả", "Verdicts") + (waiting > 0 ? tr(` (${waiting} chờ gửi)`, ` (${waiting} waiting)`) : ""), href: href("send", ["verdicts"]), current: room === "verdicts" },
        ]));
    };
    replace(page.main, page_head({ heading: word("page", "send"),
        lead: tr("Nháp được giữ trong trình duyệt này; mất mạng vẫn nhập được, có mạng lại thì gửi đúng một lần.", "Drafts stay in this browser: fill them in while the line is down; each is sent once when it is back.") }), bar, box);
    draw_tabs();
    on_drafts(draw_tabs, page.signal);
    const module = await ROOMS[room]();
    await module.show({ ...page, main: box });
}

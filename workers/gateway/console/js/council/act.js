/* Acts: a form in a dialog, sent under one key however often it is tried, its verdict told. */
import { new_key, post } from "../api.js";
import { h, replace } from "../dom.js";
import { button, notice, sheet, toast } from "../parts.js";
import { tr, word } from "../words.js";

/* What a verdict's answer says, when it counts: a word; not known yet: another. */
export function verdict_toast(answer) {
    toast(answer.verdict === null
        ? tr(`Đã ghi nhận (biên nhận ${answer.receipt}), đang chờ kết quả.`, `Taken (receipt ${answer.receipt}); its verdict is awaited.`)
        : tr("Đã xong.", "Done."));
}

/* Opens a dialog. fields(body): builds the form into it and gives a function that returns {address, fields} to be sent, or null where
 * something is missing (and says so). done(answer) after it counted. A refusal stays in the dialog, with what was written. */
export function act_sheet({ heading, lead, fields, confirm, danger = false, done }) {
    let key = new_key();
    const dialog = sheet(heading, (body, close) => {
        const told = h("div");
        const form = h("form", { class: "stack", novalidate: true });
        const read = fields(form);
        const send = button(confirm, async () => {
            const act = read();
            if (act === null) {
                form.querySelector("[aria-invalid=true]")?.focus();
                return;
            }
            replace(told);
            try {
                const answer = await post(act.address, act.fields, { key });
                close();
                verdict_toast(answer);
                await done?.(answer);
            } catch (error) {
                // Refused: what is sent next is another act. Not known: the same once more.
                key = error.status === 409 || error.status === 400 ? new_key() : key;
                replace(told, notice("bad", error.message,
                    error.status === 0 || error.status === 503 ? tr("Bấm lại để gửi tiếp; việc này chỉ được ghi một lần.", "Press again to go on; it will count once.") : null));
            }
        }, danger ? "danger" : "primary", { type: "submit" });
        form.addEventListener("submit", (event) => event.preventDefault());
        form.append(told, h("div", { class: "sheet-foot" }, button(word("do", "cancel"), close), send));
        replace(body, lead && h("p", lead), form);
    });
    // It belongs to the page that it was opened on.
    addEventListener("hashchange", () => dialog.close(), { once: true });
}

/* Whether a control has text; else says beside it that it must. */
export function required(made, control) {
    const there = control.value.trim() !== "";
    made.wrong(there ? "" : tr("Cần điền mục này.", "This is needed."));
    return there;
}

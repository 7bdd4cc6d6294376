/* The door: principal and password. */
import { h, replace } from "../dom.js";
import { choices } from "../choices.js";
import { field, input, notice, star } from "../parts.js";
import { sign_in } from "../me.js";
import { tr, word } from "../words.js";

function sentence(error) {
    if (error.status === 401) {
        return tr("Tên hoặc mật khẩu không đúng.", "The name or the password is wrong.");
    }
    if (error.status === 429) {
        const s = error.retry_s || 60;
        return tr(`Sai nhiều lần quá. Thử lại sau ${s} giây.`, `Too many wrong tries. Try again in ${s} seconds.`);
    }
    return error.message;
}

function form(then) {
    const name = input({ name: "principal", autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true });
    const password = input({ name: "password", type: "password", autocomplete: "current-password", required: true });
    const said = h("div");
    const enter = h("button", { type: "submit", class: "btn btn-primary" }, word("do", "sign-in"));
    return h("form", {
        onsubmit: async (event) => {
            event.preventDefault();
            enter.disabled = true;
            replace(said);
            try {
                await sign_in(name.value.trim(), password.value);
                await then();
            } catch (error) {
                replace(said, notice("bad", sentence(error)));
                password.value = "";
                password.focus();
            }
            enter.disabled = false;
        },
    },
    h("h2", word("do", "sign-in")),
    said,
    field(tr("Tên đăng nhập", "Name"), name, { hint: tr("Tên mà quản trị vận hành đã cấp cho bạn.", "The name that the operator gave you.") }),
    field(tr("Mật khẩu", "Password"), password),
    enter,
    h("p", { class: "soft small" },
        tr("Quên mật khẩu? Quản trị vận hành đặt lại cho bạn; không ai đọc được mật khẩu cũ.",
            "Forgotten it? The operator sets a new one; nobody can read the old.")));
}

/* Unlike the other pages it has the whole window. then(): somebody is signed in. */
export function show(root, then) {
    document.title = word("do", "sign-in") + " · Thi Đua";
    replace(root, h("div", { class: "entrance" },
        h("header", { class: "entrance-side" },
            h("div", { class: "band-brand" }, star(), "Thi Đua"),
            h("div",
                h("h1", tr("Mỗi con số có báo cáo đứng sau, mỗi gương sáng được ghi nhận", "A report behind every number, recognition for every good example")),
                h("p", tr("Báo cáo, tổng hợp và xét khen thưởng của phong trào thi đua thành phố.",
                    "Reports, tallies and review of the city's emulation campaign."))),
            h("p", { class: "entrance-foot small" }, tr("Hội đồng Thi đua - Khen thưởng Thành phố", "The city's Emulation and Commendation Council"))),
        h("main", { class: "entrance-form" }, form(then), choices())));
    root.querySelector("input").focus();
}

/* What every page is made of: figures, badges, notices, empty states, skeletons, tabs, fields, dialogs. Each returns an
 * element. Tones are "good", "warn", "bad", "info", "gold"; a tone never says alone what words do not say too. */
import { h, replace, s } from "./dom.js";
import { tr, word } from "./words.js";

let ids = 0;
export function new_id(what) {
    return what + "-" + ++ids;
}

/* The head of a page: crumbs [{text, href}], title, lead, tools (elements). */
export function page_head({ crumbs = [], heading, lead, tools = [] }) {
    return h("header", { class: "page-head" },
        h("div",
            crumbs.length > 0 && h("nav", { "aria-label": tr("Đường dẫn", "Breadcrumb") },
                h("ol", { class: "crumbs" }, crumbs.map((c) => h("li", c.href ? h("a", { href: c.href }, c.text) : c.text)))),
            h("h1", { tabindex: "-1" }, heading),
            lead && h("p", { class: "page-lead" }, lead)),
        tools.length > 0 && h("div", { class: "page-tools" }, tools));
}

/* A section with a heading of its own. */
export function panel(heading, ...children) {
    const id = new_id("panel");
    return h("section", { class: "panel", "aria-labelledby": id },
        h("div", { class: "panel-head" }, h("h2", { id }, heading)), children);
}

export function figure(name, value, { note, tone } = {}) {
    return h("div", { class: "figure", "data-tone": tone },
        h("div", { class: "figure-name" }, name),
        h("div", { class: "figure-value" }, value),
        note && h("div", { class: "figure-note" }, note));
}

export function badge(text, tone) {
    return h("span", { class: "badge-word", "data-tone": tone }, text);
}

/* A message that stands on the page. `urgent`: read out at once. */
export function notice(tone, heading, ...children) {
    return h("div", { class: "notice", "data-tone": tone, role: tone === "bad" ? "alert" : "status" },
        heading && h("strong", heading), children.length > 0 && h("div", children));
}

/* Nothing to show: says so, and what to do. */
export function empty(heading, what_to_do, action) {
    return h("div", { class: "empty" }, h("strong", heading), what_to_do && h("p", what_to_do), action);
}

/* In place of what is still on its way. */
export function skeleton(lines = 4, tall = false) {
    return h("div", { class: "skeleton", "data-tall": tall, role: "status" },
        h("span", { class: "visually-hidden" }, tr("Đang tải…", "Loading…")),
        Array.from({ length: lines }, () => h("i")));
}

/* What went wrong, and the way on. `again`: called by the button. */
export function trouble(error, again) {
    if (error.name === "AbortError") {
        return h("span");
    }
    if (error.status === 403) {
        return empty(tr("Bạn không có quyền xem phần này", "You may not see this"), error.message);
    }
    console.debug(error);
    const sentence = error.status === undefined ? tr("Trang này gặp lỗi.", "This page has failed.") : error.message;
    return notice("bad", sentence, again && button(word("do", "retry"), again));
}

/* Shows a skeleton in `box` until `ask()` has answered, then what `show(answer)` makes; a failure says so and can be tried
 * again. What comes after the page was left is dropped by its AbortSignal. */
export async function fill_from(box, ask, show, { lines = 4, tall = false } = {}) {
    replace(box, skeleton(lines, tall));
    box.setAttribute("aria-busy", "true");
    try {
        const shown = await show(await ask());
        replace(box, shown);
    } catch (error) {
        replace(box, trouble(error, () => fill_from(box, ask, show, { lines, tall })));
    }
    box.removeAttribute("aria-busy");
}

/* look: "primary", "plain", "quiet", "danger". While a promise of `act` is open the button is busy and acts no second time. */
export function button(text, act, look = "plain", attributes = {}) {
    const made = h("button", {
        type: "button",
        class: "btn btn-" + look,
        ...attributes,
        onclick: async (event) => {
            if (made.getAttribute("aria-busy") === "true") {
                return;
            }
            made.setAttribute("aria-busy", "true");
            try {
                await act(event);
            } finally {
                made.removeAttribute("aria-busy");
            }
        },
    }, text);
    return made;
}

export function link_button(text, to, look = "plain") {
    return h("a", { class: "btn btn-" + look, href: to }, text);
}

/* tabs([{text, href, current}]) are links: each has an address. */
export function tabs(label, list) {
    const made = h("nav", { class: "tabs", "aria-label": label },
        list.map((tab) => h("a", { href: tab.href, "aria-current": tab.current ? "page" : undefined }, tab.text)));
    // On a phone not all of them fit: the present one is moved into sight.
    requestAnimationFrame(() => {
        const now = made.querySelector("[aria-current]");
        if (now !== null) {
            made.scrollLeft = now.offsetLeft - made.offsetLeft - 24;
        }
    });
    return made;
}

/* A labelled control. `control` gets the id. Returns the field; field.wrong("…") shows a mistake beside it, "" takes it away. */
export function field(label, control, { hint } = {}) {
    const id = control.id || new_id("field");
    control.id = id;
    const about = h("div", { class: "field-wrong", id: id + "-wrong", hidden: true });
    const hinted = hint && h("div", { class: "field-hint", id: id + "-hint" }, hint);
    if (hinted) {
        control.setAttribute("aria-describedby", hinted.id);
    }
    const made = h("div", { class: "field" }, h("label", { for: id }, label), control, hinted, about);
    made.wrong = (sentence) => {
        about.textContent = sentence;
        about.hidden = sentence === "";
        if (sentence === "") {
            control.removeAttribute("aria-invalid");
        } else {
            control.setAttribute("aria-invalid", "true");
        }
        control.setAttribute("aria-describedby",
            [hinted && hinted.id, sentence !== "" && about.id].filter(Boolean).join(" "));
    };
    return made;
}

export function input(attributes = {}) {
    return h("input", { type: "text", class: "form-control", autocomplete: "off", ...attributes });
}

/* choices: [[value, text], …] */
export function select(choices, chosen, then, attributes = {}) {
    return h("select", { class: "form-select", ...attributes, value: chosen, onchange: (e) => then && then(e.target.value) },
        choices.map(([value, text]) => h("option", { value, selected: value === chosen }, text)));
}

/* part of whole, as a bar with its words beside it for who does not see it. */
export function meter(part, whole) {
    const share = whole > 0 ? Math.min(100, (part * 100) / whole) : 0;
    return h("span", { class: "meter", "data-tone": share >= 95 ? "good" : share >= 80 ? "warn" : "bad", "aria-hidden": "true" },
        h("i", { style: { width: share.toFixed(1) + "%" } }));
}

/* facts([[name, value], …]); those without a value are left out. */
export function facts(pairs) {
    return h("dl", { class: "facts" },
        pairs.filter(([, value]) => value !== undefined && value !== null && value !== "")
            .map(([name, value]) => [h("dt", name), h("dd", value)]));
}

/* A dialog: sheet(heading, (body, close) => {…}) opens it; Escape and the button close it, focus goes back. */
export function sheet(heading, build) {
    const id = new_id("sheet");
    const body = h("div", { class: "sheet-body" });
    const close = () => dialog.close();
    const dialog = h("dialog", { class: "sheet", "aria-labelledby": id, onclose: () => dialog.remove() },
        h("div", { class: "sheet-head" }, h("h2", { id }, heading),
            h("button", { type: "button", class: "btn btn-quiet", onclick: close }, word("do", "close"))),
        body);
    document.body.append(dialog);
    build(body, close);
    dialog.showModal();
    return dialog;
}

/* A word that passes: read out, gone after a while. */
export function toast(text) {
    let box = document.querySelector(".toasts");
    if (box === null) {
        box = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
        document.body.append(box);
    }
    const one = h("div", { class: "toast-word" }, text);
    box.append(one);
    setTimeout(() => one.remove(), 6000);
}

const ICONS = {
    overview: "M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z",
    units: "M12 4v5M5 20v-5h14v5M12 9v6M3 20h4M10 20h4M17 20h4",
    review: "M5 4h10l4 4v12H5zM9 13l2 2 4-4",
    meetings: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM16 11a3 3 0 1 0 0-6M2 20c0-4 3-6 6-6s6 2 6 6M16 14c3 0 6 2 6 6",
    honours: "M12 3l2.6 5.6 6.1.7-4.5 4.2 1.2 6-5.4-3-5.4 3 1.2-6-4.5-4.2 6.1-.7z",
    approvals: "M6 11V8a6 6 0 0 1 12 0v3M5 11h14v9H5zM12 15v2",
    send: "M4 12l16-8-6 16-3-6zM11 14l4-5",
    operations: "M3 12h4l3-8 4 16 3-8h4",
    menu: "M4 6h16M4 12h16M4 18h16",
    person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 4-6 8-6s8 2 8 6",
};

/* A small drawing beside a word, never in its place. */
export function icon(name) {
    return s("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, s("path", { d: ICONS[name] }));
}

export function star() {
    return s("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
        s("path", { d: "M12 2l2.7 7H22l-5.9 4.5L18.3 21 12 16.5 5.7 21l2.2-7.5L2 9h7.3z" }));
}

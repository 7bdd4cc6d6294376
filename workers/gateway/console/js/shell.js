/* The frame around the pages: band, rooms, and the place where a page is shown. */
import { h, replace } from "./dom.js";
import { choices } from "./choices.js";
import { button, icon, star } from "./parts.js";
import { href } from "./router.js";
import { line_is_up, listen } from "./live.js";
import { me_now } from "./me.js";
import { first_page, pages_for_me } from "./pages.js";
import { tr, title, word } from "./words.js";

let rooms = null;
let menu = null;

function rooms_open(open) {
    rooms.toggleAttribute("data-open", open);
    menu.setAttribute("aria-expanded", String(open));
    if (open) {
        rooms.querySelector("a").focus();
    }
}

function account(me, leave) {
    return h("details", { class: "account" },
        h("summary", { class: "band-button", "aria-label": tr("Tài khoản: ", "Account: ") + (me.title || me.principal) },
            icon("person"), h("span", { class: "account-name" }, me.title || me.principal)),
        h("div", { class: "account-panel stack" },
            h("div", h("strong", me.title || me.principal), h("div", { class: "soft small mono" }, me.principal)),
            h("div", me.roles.map((role) => word("role", role)).join(", ") || tr("Chưa có vai trò nào", "No role yet")),
            me.units.length > 0 && h("div", { class: "small soft" },
                tr("Đơn vị: ", "Units: "), me.units.map((u) => u.unit + (u.subtree ? "/" : "")).join(", ")),
            button(word("do", "sign-out"), leave)));
}

function room(page) {
    return h("li", h("a", { class: "rooms-link", href: href(page.name), "data-page": page.name, onclick: () => rooms_open(false) },
        icon(page.name), h("span", word("page", page.name))));
}

/* Draws the frame into `root` and returns {main, at(name)}: where pages go, and marking the room one is in. */
export function frame(root, campaign, leave, signal) {
    const me = me_now();
    const main = h("main", { class: "page", id: "page", tabindex: "-1" });
    rooms = h("nav", { class: "rooms", id: "rooms", "aria-label": tr("Các trang", "Pages") },
        h("ul", pages_for_me().map(room)), choices());
    menu = h("button", {
        type: "button", class: "band-button band-menu", "aria-label": tr("Danh mục", "Menu"), "aria-controls": "rooms", "aria-expanded": "false",
        onclick: () => rooms_open(!rooms.hasAttribute("data-open")),
    }, icon("menu"));
    const down = h("div", { class: "line-down", role: "status", hidden: line_is_up() },
        tr("Mất liên lạc với máy chủ. Số liệu trên trang có thể đã cũ; đang thử lại.", "The server cannot be reached. What you see may be old; trying again."));
    listen("line", ({ up }) => (down.hidden = up), signal);
    document.addEventListener("keydown", (event) => {
        if (event.key === "Escape") {
            rooms_open(false);
            root.querySelector(".account").open = false;
        }
    }, { signal });
    document.addEventListener("click", (event) => {
        if (!rooms.contains(event.target) && !menu.contains(event.target) && rooms.hasAttribute("data-open")) {
            rooms_open(false);
        }
        const box = root.querySelector(".account");
        if (box && !box.contains(event.target)) {
            box.open = false;
        }
    }, { signal });
    replace(root,
        h("a", { class: "skip", href: "#page", onclick: (e) => { e.preventDefault(); main.focus(); } }, tr("Tới nội dung", "Skip to the content")),
        h("header", { class: "band" }, menu,
            h("a", { class: "band-brand", href: href(first_page()) }, star(), "Thi Đua"),
            h("div", { class: "band-campaign" }, title(campaign)), account(me, leave)),
        down,
        h("div", { class: "frame" }, rooms, main));
    return {
        main,
        at(name) {
            for (const link of rooms.querySelectorAll("a[data-page]")) {
                if (link.dataset.page === name) {
                    link.setAttribute("aria-current", "page");
                } else {
                    link.removeAttribute("aria-current");
                }
            }
        },
    };
}

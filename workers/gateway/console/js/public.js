/* What whoever is not signed in may see: the honours, which are published. */
import { choices } from "./choices.js";
import { h, replace } from "./dom.js";
import { link_button, skeleton, star, trouble } from "./parts.js";
import { here, href } from "./router.js";
import { show } from "./pages/honours.js";
import { tr, word } from "./words.js";

/* Is this address one of the public's? */
export function is_public() {
    const { page, path } = here();
    return page === "honours" && path[0] !== "history";
}

export async function show_public(root, signal, title) {
    const box = h("div", skeleton(6)), { path, args } = here();
    replace(root,
        h("header", { class: "band" }, h("a", { class: "band-brand", href: href("honours") }, star(), "Thi Đua"), h("div", { class: "band-campaign" }),
            link_button(word("do", "sign-in"), "#/", "plain")),
        h("main", { class: "page public", id: "page", tabindex: "-1" }, box),
        h("footer", { class: "public-foot no-print" }, choices()));
    title(word("page", "honours"));
    try {
        await show({ main: box, path, args, signal, title, again: () => show_public(root, signal, title) });
    } catch (error) {
        if (!signal.aborted) {
            replace(box, trouble(error, () => show_public(root, signal, title)));
        }
    }
}

/* At the door: the way to them. */
export function public_link() {
    return h("p", { class: "public-link" }, h("a", { href: href("honours") }, tr("Danh sách khen thưởng (công khai)", "Honours (open to all)")));
}

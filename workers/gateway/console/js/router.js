/* Which page stands at which address: "#/units/001/reports?period=2021W44" is the page "units", with the path
 * ["001", "reports"] and the arguments {period}. Addresses can be kept, sent and printed. */

/* Codes are [a-z0-9._-], so that addresses stay readable; other text is encoded. */
export function href(page, path = [], args = {}) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(args)) {
        if (value !== undefined && value !== null && value !== "" && value !== false) {
            query.set(name, String(value));
        }
    }
    const text = query.toString();
    return "#/" + [page, ...path].map(encodeURIComponent).join("/") + (text === "" ? "" : "?" + text);
}

export function here() {
    const [path, query] = location.hash.replace(/^#\/?/, "").split("?", 2);
    const parts = path
        .split("/")
        .filter((part) => part !== "")
        .map((part) => {
            try {
                return decodeURIComponent(part);
            } catch {
                return part;
            }
        });
    return { page: parts[0] || "", path: parts.slice(1), args: Object.fromEntries(new URLSearchParams(query || "")) };
}

/* Goes there; `quietly` takes the place of the present address (a filter that was changed is no step back). */
export function go(page, path, args, { quietly = false } = {}) {
    const to = href(page, path, args);
    if (quietly) {
        history.replaceState(null, "", to);
        dispatchEvent(new HashChangeEvent("hashchange"));
    } else if (location.hash === to) {
        dispatchEvent(new HashChangeEvent("hashchange"));
    } else {
        location.hash = to;
    }
}

export function on_move(then) {
    addEventListener("hashchange", then);
}

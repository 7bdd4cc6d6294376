/* The only way that anything gets onto a page: elements made by name, text as text. What a ward calls itself is never
 * read as HTML, because nothing here is (no innerHTML anywhere: tests/browser looks). */

const SVG = "http://www.w3.org/2000/svg";

function attribute(element, name, value) {
    if (value === undefined || value === null || value === false) {
        return;
    }
    if (name.startsWith("on")) {
        element.addEventListener(name.slice(2), value);
    } else if (name === "style") {
        // A style attribute is inline style, which the pages' policy forbids; properties are not.
        for (const [property, text] of Object.entries(value)) {
            element.style.setProperty(property, text);
        }
    } else if (name === "value" || name === "checked" || name === "disabled") {
        element[name] = value;
    } else {
        element.setAttribute(name, value === true ? "" : String(value));
    }
}

function fill(element, children) {
    for (const child of children.flat(Infinity)) {
        if (child !== undefined && child !== null && child !== false) {
            element.append(child instanceof Node ? child : document.createTextNode(String(child)));
        }
    }
    return element;
}

function make(element, rest) {
    let [first, ...children] = rest;
    if (first instanceof Node || Array.isArray(first) || typeof first !== "object" || first === null) {
        children = rest;
        first = {};
    }
    // Options first: a select takes its value only once it has them.
    const { value, ...others } = first;
    for (const [name, given] of Object.entries(others)) {
        attribute(element, name, given);
    }
    fill(element, children);
    attribute(element, "value", value);
    return element;
}

/* h("a", {href, class, onclick, "aria-label"}, child, …): attributes may be left out; children are nodes, texts, arrays;
 * undefined, null and false are left out. */
export function h(name, ...rest) {
    return make(document.createElement(name), rest);
}

/* The same for SVG. */
export function s(name, ...rest) {
    return make(document.createElementNS(SVG, name), rest);
}

export function replace(element, ...children) {
    element.replaceChildren();
    return fill(element, children);
}

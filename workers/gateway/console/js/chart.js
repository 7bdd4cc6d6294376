/* Charts by Chart.js as Debian ships it (a classic script, loaded when the first chart is drawn), each with a table of the
 * same figures for who does not see it; and sparklines, which are a path. */
import { h, replace, s } from "./dom.js";
import { number } from "./format.js";
import { table } from "./table.js";
import { tr } from "./words.js";

let loading = null;

function library() {
    loading ??= new Promise((done, failed) => {
        document.head.append(h("script", { src: "lib/chart.min.js", onload: () => done(window.Chart), onerror: failed }));
    });
    return loading;
}

function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const INKS = ["--red", "--info", "--gold", "--good", "--ink-soft", "--warn"];

function settings(kind, labels, series, decimals) {
    const ink = colour("--ink-soft");
    const line = colour("--line");
    return {
        type: kind,
        data: {
            labels,
            datasets: series.map((one, i) => ({
                label: one.name,
                data: one.values.map((v) => (v === null ? null : Number(v))),
                borderColor: colour(INKS[i % INKS.length]),
                backgroundColor: kind === "bar" ? colour(INKS[i % INKS.length]) : colour("--red-soft"),
                borderWidth: kind === "bar" ? 0 : 2,
                pointRadius: labels.length > 40 ? 0 : 2.5,
                pointHitRadius: 12,
                tension: 0.15,
                spanGaps: false,
                fill: kind === "line" && series.length === 1 ? "origin" : false,
            })),
        },
        options: {
            animation: false,
            maintainAspectRatio: false,
            interaction: { mode: "index", intersect: false },
            plugins: {
                legend: { display: series.length > 1, labels: { color: ink, boxWidth: 14 } },
                tooltip: { callbacks: { label: (at) => " " + at.dataset.label + ": " + number(at.raw, decimals) } },
            },
            scales: {
                x: { ticks: { color: ink, maxRotation: 0, autoSkipPadding: 14 }, grid: { display: false }, border: { color: line } },
                y: { beginAtZero: true, ticks: { color: ink, maxTicksLimit: 6, callback: (v) => number(v, decimals && v % 1 ? decimals : 0) }, grid: { color: line } },
            },
        },
    };
}

/* chart({name, labels, series: [{name, values}], decimals, kind: "line" or "bar", short, long_labels}): null values are gaps. The
 * element has update(labels, series), for what is live. */
export function chart({ name, labels, series, decimals = 0, kind = "line", short = false, long_labels }) {
    const canvas = h("canvas", { role: "img", "aria-label": name });
    const figures = h("div");
    const draw_figures = (names, list) => replace(figures, table({
        caption: name,
        stacked: false,
        columns: [
            { name: tr("Kỳ", "Period"), head: true, show: (row) => row.label },
            ...list.map((one, i) => ({ name: one.name, number: true, show: (row) => number(row.values[i], decimals) })),
        ],
        rows: names.map((label, at) => ({ label, values: list.map((one) => one.values[at]) })),
    }));
    const details = h("details", { ontoggle: () => details.open && draw_figures(long_labels || labels, series) },
        h("summary", { class: "small soft" }, tr("Xem bằng bảng số", "Show as a table")), figures);
    const made = h("figure", { class: "chart" }, h("div", { class: "chart-box", "data-short": short }, canvas), details);
    const drawn = library().then((Chart) => {
        Chart.defaults.font.family = colour("--sans") || Chart.defaults.font.family;
        return new Chart(canvas, settings(kind, labels, series, decimals));
    });
    drawn.catch(() => replace(made, h("p", { class: "soft" }, tr("Không vẽ được biểu đồ.", "The chart could not be drawn."))));
    made.update = async (new_labels, new_series) => {
        labels = long_labels = new_labels;
        series = new_series;
        const live = await drawn;
        live.data.labels = labels;
        series.forEach((one, i) => (live.data.datasets[i].data = one.values));
        live.update("none");
    };
    made.end = () => drawn.then((live) => live.destroy(), () => {});
    return made;
}

/* A line without axes: where it goes, not how much it is; the figure stands beside it. */
export function spark(values, name) {
    values = values.slice(values.findIndex((v) => v !== null));
    const known = values.filter((v) => v !== null).map(Number);
    if (known.length < 2) {
        return null;
    }
    // A move of less than a fifth is not made to look like one.
    const most = Math.max(...known);
    const middle = (most + Math.min(...known)) / 2;
    const half = Math.max(most - middle, Math.abs(most) / 10, 0.5);
    const top = middle + half;
    const bottom = middle - half;
    const at = (v, i) => ((i * 100) / (values.length - 1)).toFixed(1) + "," + (30 - ((Number(v) - bottom) * 28) / (top - bottom)).toFixed(1);
    let path = "";
    let pen = "M";
    values.forEach((v, i) => {
        if (v === null) {
            pen = "M";
            return;
        }
        path += pen + at(v, i);
        pen = "L";
    });
    return s("svg", { class: "spark", viewBox: "0 0 100 32", preserveAspectRatio: "none", role: "img", "aria-label": name }, s("path", { d: path }));
}

/* Every page that the console has, and who looks at it: for the pictures, and for what must hold on all of them. `do`: what is done on it
 * before one looks (a page, already settled). */
export const PAGES = [
    { name: "sign-in", who: null },
    { name: "overview", who: "secretary", hash: "#/overview" },
    { name: "overview-clerk", who: "clerk", hash: "#/overview" },
    { name: "units", who: "secretary", hash: "#/units/-" },
    { name: "unit-tallies", who: "secretary", hash: "#/units/001/tallies" },
    { name: "unit-series", who: "secretary", hash: "#/units/001/series" },
    { name: "unit-reports", who: "secretary", hash: "#/units/00001/reports", do: async (page) => page.locator("details.report > summary").first().click() },
    { name: "unit-missing", who: "secretary", hash: "#/units/01/missing" },
    { name: "unit-rank", who: "secretary", hash: "#/units/001/rank" },
    { name: "unit-number", who: "secretary", hash: "#/units/001/tallies", do: async (page) => page.locator(".btn-cell").first().click() },
    { name: "operations", who: "operator", hash: "#/operations" },
];

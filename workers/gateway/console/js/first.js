/* Before anything is drawn: the language and the light that this browser chose last, so that no page flashes
 * in another. A classic script, because modules run late. */
(function () {
    "use strict";
    var root = document.documentElement;
    try {
        var light = localStorage.getItem("thidua.light");
        var lang = localStorage.getItem("thidua.lang");
        if (light === "light" || light === "dark") root.dataset.light = light;
        if (lang === "en") root.lang = "en";
    } catch (e) {
        /* A browser that keeps nothing shows the defaults. */
    }
})();

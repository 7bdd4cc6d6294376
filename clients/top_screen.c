/* ncurses: see top_screen.h. The terminal is given back by top_screen_close, which the verb calls on every way
 * out; a Ctrl-C is a key here, so that none is left by a signal. */
#include "clients/top_screen.h"

#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <stdio.h>
#include <string.h>

static const struct look {
    int attributes;
    short color; /* -1: the terminal's own */
} LOOKS[] = {
    [TOP_PLAIN] = {A_NORMAL, -1},
    [TOP_LABEL] = {A_NORMAL, COLOR_CYAN},
    [TOP_STRONG] = {A_BOLD, -1},
    [TOP_BAR] = {A_REVERSE, -1},
    [TOP_GOOD] = {A_REVERSE | A_BOLD, COLOR_GREEN},
    [TOP_BAD] = {A_BOLD, COLOR_RED},
    [TOP_STALE] = {A_DIM, -1},
};

bool
top_screen_open(void)
{
    /* What is drawn is UTF-8, as all that we print. */
    if (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
        setlocale(LC_CTYPE, "C.UTF-8");
    }
    SCREEN *screen = newterm(NULL, stdout, stdin);
    if (screen == NULL) {
        return false;
    }
    set_term(screen);
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    curs_set(0);
    if (has_colors()) {
        start_color();
        use_default_colors();
        for (short i = 0; i < (short)(sizeof LOOKS / sizeof LOOKS[0]); i++) {
            init_pair((short)(i + 1), LOOKS[i].color, -1);
        }
    }
    return true;
}

void
top_screen_close(void)
{
    endwin();
}

void
top_screen_size(unsigned *rows, unsigned *columns)
{
    int y, x;
    getmaxyx(stdscr, y, x);
    *rows = (unsigned)y;
    *columns = (unsigned)x;
}

void
top_screen_draw(const struct top_page *page)
{
    erase();
    for (unsigned i = 0; i < page->count; i++) {
        const struct top_run *run = &page->runs[i];
        const struct look *look = &LOOKS[run->style];
        attr_t attributes = (attr_t)look->attributes;
        attributes |= has_colors() ? (attr_t)COLOR_PAIR(run->style + 1) : 0;
        attrset(attributes);
        mvaddstr((int)run->y, (int)run->x, run->text);
    }
    attrset(A_NORMAL);
    refresh();
}

int
top_screen_key(void)
{
    int key = getch();
    if (key == ERR) {
        return 0;
    }
    return key == KEY_RESIZE ? TOP_KEY_RESIZE : key;
}

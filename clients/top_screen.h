/* A page on a terminal, and keys: the only file that knows ncurses. One screen a process. */
#ifndef CLIENTS_TOP_SCREEN_H
#define CLIENTS_TOP_SCREEN_H

#include "clients/top_view.h"

/* False: this is no terminal that ncurses knows, nothing was changed. */
bool top_screen_open(void);
void top_screen_close(void);
void top_screen_size(unsigned *rows, unsigned *columns);
void top_screen_draw(const struct top_page *page);
/* The next key that was pressed; 0: none. A resize is TOP_KEY_RESIZE. Does not wait. */
int top_screen_key(void);
#define TOP_KEY_RESIZE (-1)

#endif

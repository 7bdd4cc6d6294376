/* Amounts as a person reads them at a glance: two or three digits and a unit, in the user's language. */
#ifndef CLIENTS_AMOUNTS_H
#define CLIENTS_AMOUNTS_H

#include <stddef.h>
#include <stdint.h>

#define AMOUNT_TEXT 48

void bytes_text(uint64_t bytes, char text[AMOUNT_TEXT]);     /* "512 MiB", "1,4 GiB" */
void duration_text(int64_t took_us, char text[AMOUNT_TEXT]); /* "250 µs", "4 ms", "3 phút", "2 h" */
void count_text(int64_t count, char text[AMOUNT_TEXT]);      /* "1.234.567", "1,234,567" */

#endif

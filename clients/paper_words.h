/* How Vietnamese papers write dates, numbers and the names of those who issue them (Decree
 * 30/2020/NĐ-CP, annex I). Texts are appended to `out`, plain: whoever prints them escapes them. */
#ifndef CLIENTS_PAPER_WORDS_H
#define CLIENTS_PAPER_WORDS_H

#include "common/buf.h"

#include <jansson.h>

/* "2021-11-05" as "ngày 05 tháng 11 năm 2021": days below 10 and the months 1 and 2 have two
 * digits. What is no date: dots to be filled in by hand. */
void date_words(const char *date, struct buf *out);
/* The same as in a table: "05/11/2021"; empty where it is no date. */
void date_short(const char *date, struct buf *out);
/* 3 is "03", 1234 is "1.234". */
void count_words(int64_t count, struct buf *out);
/* part of whole in percent: "87,5%"; never rounded up, so that 89.999 is not shown as the 90 that
 * it misses. whole 0: "0%". */
void percent_words(int64_t part, int64_t whole, struct buf *out);
/* In capitals; the text itself where it is no UTF-8. */
void upper_words(const char *text, struct buf *out);

/* Who issues: `unit` has level and name. Of a commune, district, city or province its People's
 * Committee, of anybody else itself. */
void agency_words(const json_t *unit, struct buf *out);
bool agency_is_committee(const json_t *unit);
/* The kind of certificate by which a title or form is conferred: "Bằng khen" of "Bằng khen của Chủ
 * tịch …". Gives what stands above it: "TẶNG", or "TẶNG DANH HIỆU" of a title. */
const char *award_words(const char *title, struct buf *out);

/* A buf as a C string; until it is changed. */
const char *words_text(struct buf *buf);

#endif

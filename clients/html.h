/* Text into HTML and XML. What is put in by %s is escaped, always: there is no way to put it in
 * otherwise, so that a name cannot become a tag because somebody forgot. */
#ifndef CLIENTS_HTML_H
#define CLIENTS_HTML_H

#include "common/buf.h"

/* The text with & < > " ' as entities; what XML 1.0 has no place for (control characters but tab
 * and newline, U+FFFE, U+FFFF) becomes a space. UTF-8 in, UTF-8 out. */
void html_text(struct buf *out, struct slice text);
/* As printf, of which it knows %s (escaped), %d and %%; the format itself is HTML. */
void html(struct buf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

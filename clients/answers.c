/* JSON values on stdout. */
#include "clients/answers.h"

#include "clients/words.h"

#include <stdio.h>
#include <sysexits.h>

static int
show(json_t *value, size_t flags)
{
    bool bad = json_dumpf(value, stdout, flags | JSON_ENCODE_ANY) != 0 || putchar('\n') == EOF;
    json_decref(value);
    return bad ? say_code(EX_IOERR, tr("không ghi được ra stdout.", "stdout cannot be written."))
               : 0;
}

int
json_show(json_t *value)
{
    return show(value, JSON_INDENT(2));
}

int
json_show_line(json_t *value)
{
    return show(value, JSON_COMPACT);
}

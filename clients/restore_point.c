/* Reading --to. */
#include "clients/restore_point.h"

#include "clients/words.h"
#include "common/calendar.h"
#include "common/period.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

/* The last µs of the day where this machine stands, as the clocks that it shows. */
static int64_t
day_end_us(int32_t day)
{
    struct date date = date_of_day(day);
    struct tm tm = {.tm_year = date.year - 1900,
                    .tm_mon = (int)date.month - 1,
                    .tm_mday = (int)date.day + 1,
                    .tm_isdst = -1};
    return (int64_t)mktime(&tm) * 1000000 - 1;
}

int
restore_point_read(const char *to, const char **option, char value[64])
{
    int64_t time_us;
    int32_t day;
    *option = NULL;
    if (to == NULL) {
        return 0;
    }
    if (to[0] != '\0' && to[0] != '0' && strspn(to, "0123456789") == strlen(to) &&
        strlen(to) < 19) {
        *option = "--block";
        snprintf(value, 64, "%s", to);
        return 0;
    }
    if (date_parse(slice_text(to), &day) == ERR_OK) {
        time_us = day_end_us(day);
    } else if (time_parse(slice_text(to), &time_us) != ERR_OK) {
        return say_code(EX_USAGE,
                        tr("--to cần số khối (60), ngày (2021-11-05) hoặc thời điểm "
                           "(2021-11-05T08:00:00+07:00), không phải “%s”.",
                           "--to wants a block (60), a day (2021-11-05) or a time "
                           "(2021-11-05T08:00:00+07:00), not “%s”."),
                        to);
    }
    *option = "--time-us";
    snprintf(value, 64, "%" PRId64, time_us);
    return 0;
}

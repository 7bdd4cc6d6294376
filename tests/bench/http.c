/* Data values over HTTP: a body of each format to the gateway, by curl, beside the gateway's parsers alone. */
#include "tests/bench/bench.h"

#include "common/check.h"
#include "workers/gateway/cells.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define VALUES 400000     /* of each format: seconds, not minutes */
#define UNIT_VALUES 5     /* of one unit and day: those that no rule looks at */
#define PIECE (32u << 10) /* about what libmicrohttpd hands over at once */
#define COMMAND_ROOM (3 * PATH_ROOM)

static const char *const ELEMENTS[UNIT_VALUES] = {
    "new-cases-found-this-day",      "tests-carried-out-this-day", "contacts-traced-this-day",
    "households-given-relief-today", "volunteers-on-duty-today",
};

struct format {
    const char *name, *type, *head, *tail;
    const struct cells_format *cells;
    int first_day; /* of January 2021 on: each format has its own, so that all are new */
};

static const struct format FORMATS[] = {
    {"JSON", "application/json", "{\"dataValues\":[", "]}", &CELLS_JSON, 0},
    {"CSV", "text/csv", "dataelement,period,orgunit,catoptcombo,attroptcombo,value\n", "",
     &CELLS_CSV, 100},
    {"ADX", "application/adx+xml", "<adx xmlns=\"urn:ihe:qrph:adx:2015\">", "</group></adx>",
     &CELLS_ADX, 200},
};

static void
value_write(struct buf *b, const struct format *f, int n)
{
    int unit = n / UNIT_VALUES % WORKLOAD_UNITS;
    time_t day = 1609459200 + (time_t)86400 * (f->first_day + n / UNIT_VALUES / WORKLOAD_UNITS);
    const char *element = ELEMENTS[n % UNIT_VALUES];
    char date[12];
    struct tm tm;
    gmtime_r(&day, &tm);
    strftime(date, sizeof date, f->cells == &CELLS_ADX ? "%Y-%m-%d" : "%Y%m%d", &tm);
    if (f->cells == &CELLS_JSON) {
        buf_printf(b,
                   "%s{\"dataElement\":\"%s\",\"period\":\"%s\",\"orgUnit\":\"commune-%05d\","
                   "\"value\":\"%d\"}",
                   n == 0 ? "" : ",", element, date, unit, n % 1000);
    } else if (f->cells == &CELLS_CSV) {
        buf_printf(b, "%s,%s,commune-%05d,,,%d\n", element, date, unit, n % 1000);
    } else {
        if (n % UNIT_VALUES == 0) {
            buf_printf(b, "%s<group orgUnit=\"commune-%05d\" period=\"%s/P1D\">",
                       n == 0 ? "" : "</group>", unit, date);
        }
        buf_printf(b, "<dataValue dataElement=\"%s\" value=\"%d\"/>", element, n % 1000);
    }
}

static void
count_cell(struct cells_sink *sink, const struct cell *cell)
{
    (void)sink, (void)cell;
}

static void
count_mistake(struct cells_sink *sink, const struct complaint *why)
{
    (void)sink, (void)why;
}

static void
count_complete(struct cells_sink *sink)
{
    (void)sink;
}

static double
cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The floor: the body's syntax alone, in this process. */
static void
parse_alone(struct figures *f, const struct format *format, struct slice body)
{
    struct cells_sink sink = {
        .cell = count_cell, .mistake = count_mistake, .complete = count_complete};
    struct complaint why;
    char name[64];
    double before = cpu_s();
    struct cells_parser *parser = format->cells->open(&sink, true);
    for (size_t at = 0; at < body.len; at += PIECE) {
        size_t len = body.len - at < PIECE ? body.len - at : PIECE;
        CHECK(format->cells->feed(parser, slice_of(body.data + at, len), &why));
    }
    CHECK(format->cells->end(parser, &why));
    format->cells->close(parser);
    snprintf(name, sizeof name, "http, %s: floor, the parser alone", format->name);
    figure_add(f, name, "values/cpu s", VALUES / (cpu_s() - before));
}

/* What sends the file of that format. */
static void
import_command(const struct format *format, const char *path, int port, char command[COMMAND_ROOM])
{
    snprintf(command, COMMAND_ROOM,
             "curl -s -f -o /dev/null -u bench:bench-password -H 'Content-Type: %s' -H Expect: -T "
             "'%s' -X POST http://127.0.0.1:%d/api/dataValueSets",
             format->type, path, port);
}

static void
send_body(struct figures *f, const struct site *s, const struct format *format, struct slice body,
          int port)
{
    char path[PATH_ROOM], command[COMMAND_ROOM], name[64];
    snprintf(path, sizeof path, "%.4000s/body", s->folder);
    FILE *file = fopen(path, "we");
    CHECK(file != NULL && fwrite(body.data, 1, body.len, file) == body.len && fclose(file) == 0);
    import_command(format, path, port, command);
    struct costs before;
    costs_read(s, &before);
    double begin = now_s();
    CHECK(system(command) == 0);
    snprintf(name, sizeof name, "http, %s: taken and judged", format->name);
    figure_add(f, name, "values/s", VALUES / (now_s() - begin));
    snprintf(name, sizeof name, "http, %s", format->name);
    costs_tell(f, name, s, &before);
}

/* One that is free now: nobody else on this machine takes ports at random meanwhile. */
static int
free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&a, len) == 0 &&
          getsockname(fd, (struct sockaddr *)&a, &len) == 0);
    close(fd);
    return ntohs(a.sin_port);
}

static void
principal_make(const struct site *s)
{
    char command[COMMAND_ROOM];
    snprintf(
        command, sizeof command,
        "cd '%.200s' && export THIDUA_DATA='%.4000s' && ./thidua access grant bench --role ingest "
        "--unit city/ >/dev/null && echo bench-password | ./thidua access password bench "
        ">/dev/null",
        s->bin, s->data);
    CHECK(system(command) == 0);
}

/* The last body once more is the import that they have beside them. */
static void
reads(struct figures *f, const struct site *s, int port)
{
    char path[PATH_ROOM], command[COMMAND_ROOM];
    snprintf(path, sizeof path, "%.4000s/body", s->folder);
    import_command(&FORMATS[sizeof FORMATS / sizeof *FORMATS - 1], path, port, command);
    http_reads(f, port, command);
}

void
mode_http(struct figures *f, const char *bin)
{
    struct site s;
    char conf[PATH_ROOM];
    int port = free_port();
    site_open(&s, bin);
    snprintf(conf, sizeof conf, "%.4000s/thidua.conf", s.data);
    FILE *file = fopen(conf, "ae");
    CHECK(file != NULL && fprintf(file, "gateway_listen = 127.0.0.1:%d\n", port) > 0 &&
          fclose(file) == 0);
    site_start(&s);
    principal_make(&s);
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++) {
        struct buf body = BUF_EMPTY;
        buf_slice(&body, slice_text(FORMATS[i].head));
        for (int n = 0; n < VALUES; n++) {
            value_write(&body, &FORMATS[i], n);
        }
        buf_slice(&body, slice_text(FORMATS[i].tail));
        parse_alone(f, &FORMATS[i], buf_slice_of(&body));
        send_body(f, &s, &FORMATS[i], buf_slice_of(&body), port);
        buf_fini(&body);
    }
    reads(f, &s, port);
    site_close(&s);
}

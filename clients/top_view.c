/* The page, from above: a bar, the numbers, the shards, what is rejected, the troubles, the keys. On a wide screen
 * what is wrong stands beside the numbers. */
#include "clients/top_view.h"

#include "clients/amounts.h"
#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/terms.h"
#include "clients/troubles.h"
#include "clients/words.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDE_COLUMNS 130 /* from here on what is wrong stands to the right */
#define LEFT_COLUMNS 78
#define LABEL_COLUMNS 12
#define LABEL_2 43 /* the second column of numbers */
#define VALUE_2 53

/* A part of the page that is filled from its top. */
struct area {
    struct top_page *page;
    unsigned y, end; /* the next row; the first that is not its own */
    unsigned x, columns;
};

/* ---- texts at places ---- */

/* The bytes of the longest beginning that has at most so many columns. */
static size_t
fit(const char *text, size_t columns)
{
    size_t at = 0, used = 0;
    while (text[at] != '\0') {
        size_t len = 1;
        while (((unsigned char)text[at + len] & 0xc0) == 0x80) {
            len++;
        }
        used += text_columns(slice_of(text + at, len));
        if (used > columns) {
            break;
        }
        at += len;
    }
    return at;
}

/* Gives the columns that were used. */
static unsigned
put_text(const struct area *a, unsigned x, enum top_style style, const char *text)
{
    struct top_page *page = a->page;
    if (x >= a->columns || a->y >= a->end || page->count == TOP_RUNS_MAX) {
        return 0;
    }
    struct top_run *run = &page->runs[page->count++];
    *run = (struct top_run){.y = a->y, .x = a->x + x, .style = style};
    snprintf(run->text, sizeof run->text, "%s", text);
    text_cut(run->text);
    run->text[fit(run->text, a->columns - x)] = '\0';
    return (unsigned)text_columns(slice_text(run->text));
}

static unsigned put(const struct area *a, unsigned x, enum top_style style, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static unsigned
put(const struct area *a, unsigned x, enum top_style style, const char *format, ...)
{
    char text[400];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    text_cut(text);
    return put_text(a, x, style, text);
}

/* Right-aligned in a field that ends before column `end`. */
static void
put_right(const struct area *a, unsigned end, enum top_style style, const char *text)
{
    size_t columns = text_columns(slice_text(text));
    put_text(a, columns < end ? end - (unsigned)columns : 0, style, text);
}

/* A sentence over as many rows as it takes, broken at blanks; later rows begin at `indent`. */
static void
put_wrapped(struct area *a, unsigned indent, enum top_style style, const char *text)
{
    bool first = true;
    while (*text != '\0' && a->y < a->end) {
        unsigned x = first ? 0 : indent;
        size_t room = a->columns > x ? a->columns - x : 0;
        size_t len = fit(text, room);
        if (text[len] != '\0') {
            size_t blank = len;
            while (blank > 0 && text[blank] != ' ') {
                blank--;
            }
            len = blank > 0 ? blank : len;
        }
        if (len == 0) {
            return; /* no place for a single character */
        }
        put(a, x, style, "%.*s", (int)len, text);
        text += len + (text[len] == ' ');
        first = false;
        a->y++;
    }
}

/* ---- the bar ---- */

static void
bar_right(const struct top_view *v, size_t wrong, char *text, size_t size)
{
    char silent[AMOUNT_TEXT];
    if (v->silent_ms > 0) {
        duration_text(v->silent_ms * 1000, silent);
        snprintf(text, size, tr(" broker im lặng %s ", " no answer for %s "), silent);
    } else if (wrong > 0) {
        snprintf(text, size, tr(" %zu vấn đề ", " %zu wrong "), wrong);
    } else {
        snprintf(text, size, "%s", tr(" ổn ", " well "));
    }
}

static void
bar_view(const struct top_view *v, struct area *a, const json_t *status, size_t wrong)
{
    char moment[32], uptime[AMOUNT_TEXT], right[80], left[400];
    struct area beside = *a;
    moment_text(json_number(status, "time_us"), moment);
    duration_text(json_number(status, "uptime_ms") * 1000, uptime);
    bar_right(v, wrong, right, sizeof right);
    beside.columns -= (unsigned)text_columns(slice_text(right)) + 1;
    snprintf(left, sizeof left,
             tr(" Thi Đua · điểm %" PRId64 " · chạy được %s · %s",
                " Thi Đua · site %" PRId64 " · up for %s · %s"),
             json_number(status, "site"), uptime, moment);
    unsigned used = put_text(&beside, 0, TOP_BAR, left);
    snprintf(left, sizeof left, "%*s",
             (int)(beside.columns - used < sizeof left ? beside.columns - used : sizeof left - 1),
             "");
    put_text(&beside, used, TOP_BAR, left);
    put_right(a, a->columns - 1, v->silent_ms > 0 || wrong > 0 ? TOP_BAD : TOP_GOOD, right);
    a->y++;
}

/* ---- numbers ---- */

static void
label_put(const struct area *a, const char *text)
{
    put_text(a, 0, TOP_LABEL, text);
}

/* The rates of the last two minutes as far as there is place, the tallest as high as a line. */
static void
rates_draw(const struct top *t, const struct area *a, unsigned x)
{
    static const char *const BARS[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    unsigned room = a->columns > x ? a->columns - x : 0;
    unsigned n = t->rate_count < room ? t->rate_count : room;
    int64_t most = 1;
    char text[400] = "";
    size_t used = 0;
    for (unsigned i = t->rate_count - n; i < t->rate_count; i++) {
        most = t->rates[i] > most ? t->rates[i] : most;
    }
    for (unsigned i = t->rate_count - n; i < t->rate_count && used + 4 < sizeof text; i++) {
        int64_t height = t->rates[i] <= 0 ? 0 : (t->rates[i] * 7 + most - 1) / most;
        used += (size_t)snprintf(text + used, sizeof text - used, "%s", BARS[height]);
    }
    put_text(a, x, TOP_LABEL, text);
}

static void
rate_view(const struct top *t, const json_t *status, struct area *a)
{
    char rate[AMOUNT_TEXT] = "–", minute[AMOUNT_TEXT], block[AMOUNT_TEXT];
    if (top_rate(t) >= 0) {
        count_text(top_rate(t), rate);
    }
    count_text(json_number(status, "records_60s"), minute);
    count_text(json_number(status, "head"), block);
    label_put(a, tr("Bản ghi", "Records"));
    unsigned x = LABEL_COLUMNS + put(a, LABEL_COLUMNS, TOP_STRONG, tr("%s/giây", "%s/s"), rate);
    x += put(a, x, TOP_PLAIN, tr("   phút qua %s   khối %s", "   last minute %s   block %s"),
             minute, block);
    rates_draw(t, a, x + 3);
    a->y++;
}

/* "50 % ≤ 1 ms  99 % ≤ 2.5 ms" */
static void
times_text(const struct histogram *h, char *text, size_t size)
{
    int64_t half = histogram_quantile_us(h, 500), most = histogram_quantile_us(h, 990);
    char one[AMOUNT_TEXT], other[AMOUNT_TEXT];
    if (half < 0) {
        snprintf(text, size, "–");
        return;
    }
    duration_text(half == INT64_MAX ? (int64_t)HISTOGRAM_BOUND_US[HISTOGRAM_BOUNDS - 1] : half,
                  one);
    duration_text(most == INT64_MAX ? (int64_t)HISTOGRAM_BOUND_US[HISTOGRAM_BOUNDS - 1] : most,
                  other);
    snprintf(text, size, "50 %% %s %s  99 %% %s %s", half == INT64_MAX ? ">" : "≤", one,
             most == INT64_MAX ? ">" : "≤", other);
}

/* "lag 12  quota 3": what there was, in the wire's own words. */
static void
busy_text(const struct top *t, char *text, size_t size)
{
    static const char *const REASONS[] = {"disk", "lag", "share", "quota"};
    size_t used = 0;
    snprintf(text, size, "–");
    for (size_t i = 0; i < sizeof REASONS / sizeof REASONS[0]; i++) {
        int64_t count = top_busy(t, REASONS[i]);
        if (count > 0 && used < size) {
            used += (size_t)snprintf(text + used, size - used, "%s%s %" PRId64,
                                     used == 0 ? "" : "  ", REASONS[i], count);
        }
    }
}

static void
times_view(const struct top *t, struct area *a)
{
    struct histogram receipts = top_time(t, "receipts"), commits = top_time(t, "commits");
    struct histogram lag = top_time(t, "lag");
    char text[160];
    times_text(&receipts, text, sizeof text);
    label_put(a, tr("Biên nhận", "Receipts"));
    put_text(a, LABEL_COLUMNS, TOP_PLAIN, text);
    times_text(&commits, text, sizeof text);
    put_text(a, LABEL_2, TOP_LABEL, tr("Ghi đĩa", "Commits"));
    put_text(a, VALUE_2, TOP_PLAIN, text);
    a->y++;
    times_text(&lag, text, sizeof text);
    label_put(a, tr("Độ trễ", "Lag"));
    put_text(a, LABEL_COLUMNS, TOP_PLAIN, text);
    put_text(a, LABEL_2, TOP_LABEL, tr("Báo chờ", "Busy"));
    busy_text(t, text, sizeof text);
    put_text(a, VALUE_2, TOP_PLAIN, text);
    a->y++;
}

static void
sessions_view(const json_t *status, struct area *a)
{
    const json_t *roles = json_object_get(status, "session_roles");
    label_put(a, tr("Phiên", "Sessions"));
    unsigned x = LABEL_COLUMNS;
    x += put(a, x, TOP_STRONG, "%" PRId64, json_number(status, "sessions"));
    put(a, x, TOP_PLAIN,
        tr(" trên %" PRId64 " (client %" PRId64 ")", " of %" PRId64 " (client %" PRId64 ")"),
        json_number(status, "sessions_max"), json_number(roles, "client"));
    put_text(a, LABEL_2, TOP_LABEL, tr("Truy vấn", "Queries"));
    put(a, VALUE_2, TOP_PLAIN,
        tr("%" PRId64 " chờ, tiến trình: %zu", "%" PRId64 " waiting, workers: %zu"),
        json_number(status, "queries_waiting"),
        json_array_size(json_object_get(status, "query_workers")));
    a->y++;
}

static void
disk_view(const json_t *status, struct area *a)
{
    const json_t *network = json_object_get(status, "network");
    const char *why = json_text(network, "why");
    char room[AMOUNT_TEXT], least[AMOUNT_TEXT];
    bytes_text((uint64_t)json_number(status, "free_bytes"), room);
    bytes_text((uint64_t)json_number(status, "min_free_bytes"), least);
    label_put(a, tr("Đĩa trống", "Disk free"));
    unsigned x = LABEL_COLUMNS;
    x += put_text(a, x, TOP_STRONG, room);
    put(a, x, TOP_PLAIN, tr(" (ít nhất %s)", " (at least %s)"), least);
    put_text(a, LABEL_2, TOP_LABEL, tr("Cửa mạng", "Network"));
    bool open = json_true_at(network, "open");
    put_text(a, VALUE_2, open || strcmp(why, "off") == 0 ? TOP_PLAIN : TOP_BAD,
             open ? json_text(network, "endpoint") : term(why));
    a->y++;
}

/* ---- shards ---- */

static int
farther_behind(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    int64_t lag = json_number(y, "lag_blocks") - json_number(x, "lag_blocks");
    int64_t number = json_number(x, "shard") - json_number(y, "shard");
    return lag != 0 ? (lag > 0 ? 1 : -1) : number == 0 ? 0 : number > 0 ? 1 : -1;
}

static void
shard_head(const struct area *a)
{
    put_right(a, 8, TOP_LABEL, tr("P.mảnh", "Shard"));
    put_text(a, 10, TOP_LABEL, tr("Tiến trình", "Worker"));
    put_right(a, 30, TOP_LABEL, "PID");
    put_right(a, 42, TOP_LABEL, tr("Chậm", "Lag"));
    put_right(a, 54, TOP_LABEL, tr("Lâu nhất", "Oldest"));
    put_text(a, 56, TOP_LABEL, tr("Giao dịch 99 %", "Transactions 99 %"));
}

static void
shard_view(const struct top *t, const json_t *shard, const struct area *a)
{
    const char *worker = json_text(shard, "worker");
    const json_t *oldest = json_object_get(shard, "oldest_ms");
    struct histogram h = top_transactions(t, json_number(shard, "shard"));
    int64_t most = histogram_quantile_us(&h, 990);
    char text[AMOUNT_TEXT];
    count_text(json_number(shard, "shard"), text);
    put_right(a, 8, TOP_PLAIN, text);
    put_text(a, 10, strcmp(worker, "up") == 0 ? TOP_PLAIN : TOP_BAD, term(worker));
    snprintf(text, sizeof text, "%" PRId64, json_number(shard, "pid"));
    put_right(a, 30, TOP_PLAIN, text);
    count_text(json_number(shard, "lag_blocks"), text);
    put_right(a, 42, TOP_PLAIN, text);
    snprintf(text, sizeof text, "%s", json_is_integer(oldest) ? "–" : "?");
    if (json_integer_value(oldest) > 0) {
        duration_text(json_integer_value(oldest) * 1000, text);
    }
    put_right(a, 54, TOP_PLAIN, text);
    if (most >= 0) {
        duration_text(most == INT64_MAX ? (int64_t)HISTOGRAM_BOUND_US[HISTOGRAM_BOUNDS - 1] : most,
                      text);
        put(a, 56, TOP_PLAIN, "%s %s", most == INT64_MAX ? ">" : "≤", text);
    } else {
        put_text(a, 56, TOP_PLAIN, "–");
    }
}

static void
shards_view(const struct top *t, const json_t *status, struct area *a)
{
    const json_t *shards = json_object_get(status, "shards");
    size_t n = json_array_size(shards);
    const json_t **rows = calloc(n + 1, sizeof *rows);
    shard_head(a);
    a->y++;
    for (size_t i = 0; rows != NULL && i < n; i++) {
        rows[i] = json_array_get(shards, i);
    }
    if (rows != NULL) {
        qsort(rows, n, sizeof *rows, farther_behind);
    }
    for (size_t i = 0; rows != NULL && i < n && a->y < a->end; i++) {
        if (a->y + 1 == a->end && i + 1 < n) {
            put(a, 10, TOP_LABEL,
                tr("… và %zu phân mảnh nữa, chậm không hơn", "… and %zu more, none further behind"),
                n - i);
        } else {
            shard_view(t, rows[i], a);
        }
        a->y++;
    }
    free(rows);
}

/* ---- what is rejected ---- */

struct rejected {
    const char *code;
    int64_t count;
};

static void
rejected_add(struct rejected *list, size_t *n, size_t size, const char *code, int64_t count)
{
    size_t i = 0;
    while (i < *n && strcmp(list[i].code, code) != 0) {
        i++;
    }
    if (i < size) {
        *n += i == *n;
        list[i].code = code;
        list[i].count = i + 1 > *n ? count : list[i].count + count;
    }
}

static int
more_rejected(const void *a, const void *b)
{
    const struct rejected *x = a, *y = b;
    return x->count == y->count ? strcmp(x->code, y->code) : x->count > y->count ? -1 : 1;
}

static void
rejected_view(const json_t *status, struct area *a)
{
    struct rejected list[CODE_COUNT] = {{0}};
    size_t n = 0, i;
    json_t *shard, *count;
    const char *code;
    json_array_foreach(json_object_get(status, "shards"), i, shard)
    {
        json_object_foreach(json_object_get(shard, "rejected_by"), code, count)
        {
            rejected_add(list, &n, CODE_COUNT, code, json_integer_value(count));
        }
    }
    qsort(list, n, sizeof list[0], more_rejected);
    label_put(a, tr("Bị từ chối", "Rejected"));
    unsigned x = LABEL_COLUMNS;
    for (i = 0; i < n && x < a->columns; i++) {
        x += put(a, x, TOP_PLAIN, "%s %" PRId64 "   ", list[i].code, list[i].count);
    }
    if (n == 0) {
        put_text(a, x, TOP_PLAIN, "–");
    }
    a->y++;
}

/* ---- what is wrong, the keys, the page ---- */

static void
troubles_view(const struct trouble *troubles, size_t n, struct area *a)
{
    for (size_t i = 0; i < n && a->y < a->end; i++) {
        char text[4300];
        snprintf(text, sizeof text, "%s %s", troubles[i].wrong ? "!" : "·", troubles[i].sentence);
        put_wrapped(a, 2, troubles[i].wrong ? TOP_BAD : TOP_STRONG, text);
        put(a, 2, TOP_PLAIN, "→ %.300s", troubles[i].command);
        a->y += a->y < a->end;
    }
}

static void
help_view(struct area *a)
{
    static const char *const LINES[][2] = {
        {"q   thoát", "q   quit"},
        {"l   đổi ngôn ngữ (Việt, Anh)", "l   the other language (Vietnamese, English)"},
        {"?   trang này; phím bất kỳ để quay lại", "?   this page; any key goes back"},
        {"", ""},
        {"Bản ghi     tốc độ mười giây qua; vạch: hai phút qua",
         "Records     the last ten seconds; bars: the last two minutes"},
        {"Biên nhận   từ lúc nhận đến khi nằm trên đĩa, mười giây qua",
         "Receipts    from a SUBMIT to its block on disk, the last ten seconds"},
        {"Ghi đĩa     một khối vào nhật ký", "Commits     a block into the journal"},
        {"Độ trễ      từ khi nằm trên đĩa đến khi đã tính",
         "Lag         from a block on disk to its effects in a shard"},
        {"Báo chờ     số lần trong mười giây qua, theo lý do",
         "Busy        in the last ten seconds, by reason"},
        {"Bị từ chối  theo mã, từ khi tiến trình chạy; docs/CODES.md",
         "Rejected    by code, since each worker began; docs/CODES.md"},
        {"!           có vấn đề; → là lệnh nên chạy",
         "!           what is wrong; → the command to run"},
    };
    a->y++;
    for (size_t i = 0; i < sizeof LINES / sizeof LINES[0] && a->y < a->end; i++) {
        put_text(a, 2, TOP_PLAIN, tr(LINES[i][0], LINES[i][1]));
        a->y++;
    }
}

static void
keys_view(const struct area *a)
{
    put_text(a, 0, TOP_LABEL,
             tr(" q thoát   l English   ? trợ giúp", " q quit   l Tiếng Việt   ? help"));
}

static void
numbers_view(const struct top *t, const json_t *status, struct area *a)
{
    rate_view(t, status, a);
    times_view(t, a);
    sessions_view(status, a);
    disk_view(status, a);
    rejected_view(status, a);
    a->y++;
}

/* Narrow: the troubles take what they need, at most half of what the numbers leave; the shards the rest. */
static void
body_view(const struct top_view *v, const json_t *status, const struct trouble *troubles, size_t n,
          struct area *a)
{
    struct area left = *a, right = *a;
    if (a->columns >= WIDE_COLUMNS) {
        left.columns = LEFT_COLUMNS;
        right.x = LEFT_COLUMNS + 2;
        right.columns = a->columns - right.x;
        troubles_view(troubles, n, &right);
        numbers_view(v->top, status, &left);
        shards_view(v->top, status, &left);
        return;
    }
    numbers_view(v->top, status, &left);
    size_t shards = json_array_size(json_object_get(status, "shards"));
    unsigned room = left.y < a->end ? a->end - left.y : 0;
    unsigned wanted = (unsigned)(shards < 1000 ? shards : 1000) + 1;
    left.end = n > 0 && wanted > room / 2 ? left.y + (room + 1) / 2 : a->end;
    shards_view(v->top, status, &left);
    right.y = left.y + (n > 0 && left.y + 1 < a->end);
    troubles_view(troubles, n, &right);
}

/* What nobody confirms any more is told, but not as if it were so. */
static void
stale_mark(struct top_page *page, unsigned from)
{
    for (unsigned i = from; i < page->count; i++) {
        page->runs[i].style = TOP_STALE;
    }
}

void
top_view_make(const struct top_view *view, unsigned rows, unsigned columns, struct top_page *page)
{
    struct trouble troubles[TROUBLES_MAX];
    const json_t *status = top_now(view->top);
    struct area all = {.page = page, .end = rows, .columns = columns};
    page->rows = rows;
    page->columns = columns;
    page->count = 0;
    if (rows < TOP_ROWS_MIN || columns < TOP_COLUMNS_MIN) {
        put(&all, 0, TOP_BAD,
            tr("Cửa sổ quá nhỏ: cần %d cột, %d dòng.",
               "Too small: %d columns, %d rows are needed."),
            TOP_COLUMNS_MIN, TOP_ROWS_MIN);
        return;
    }
    size_t n = status == NULL ? 0 : troubles_find(status, view->data, troubles), wrong = 0;
    for (size_t i = 0; i < n; i++) {
        wrong += troubles[i].wrong;
    }
    bar_view(view, &all, status, wrong);
    all.end = rows - 1;
    unsigned body = page->count;
    if (view->help) {
        help_view(&all);
    } else if (status != NULL) {
        body_view(view, status, troubles, n, &all);
        stale_mark(page, view->silent_ms > 0 ? body : page->count);
    }
    all.y = rows - 1;
    all.end = rows;
    keys_view(&all);
}

/* The gateway's loop: one poll over libmicrohttpd's epoll descriptor, the broker's sockets and the signals.
 * libmicrohttpd calls the handlers from MHD_run; the links call back the waiting requests; nothing blocks but
 * a password's hash. */
#include "workers/gateway/gateway.h"

#include "common/file.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/proc.h"
#include "workers/gateway/request.h"

#include <errno.h>
#include <netdb.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#define PEM_BYTES_MAX ((size_t)256 << 10) /* a chain of ten certificates is a tenth */
#define GIVE_UP_MS 30000

/* "host:port", the host in brackets where it has colons, "*" for all. NULL: told. */
static struct addrinfo *
listen_parse(const char *text)
{
    char host[SETTINGS_TCP_MAX];
    struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    const char *colon = strrchr(text, ':');
    size_t len = colon == NULL ? 0 : (size_t)(colon - text);
    bool brackets = len > 1 && text[0] == '[' && text[len - 1] == ']';
    if (len == 0 || len >= sizeof host) {
        log_error("gateway_listen", "value=\"%s\" error=\"host:port?\"", text);
        return NULL;
    }
    snprintf(host, sizeof host, "%.*s", (int)(len - 2 * brackets), text + brackets);
    int wrong = getaddrinfo(strcmp(host, "*") == 0 ? NULL : host, colon + 1, &hints, &found);
    if (wrong != 0) {
        log_error("gateway_listen", "value=\"%s\" error=\"%s\"", text, gai_strerror(wrong));
        return NULL;
    }
    return found;
}

static void
on_log(void *context, const char *format, va_list args)
{
    char text[256];
    (void)context;
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\r\n")] = '\0';
    log_debug("http", "text=\"%s\"", text);
}

/* Reads a PEM file into a C string. */
static bool
pem_read(const char *path, struct buf *out)
{
    enum err err = file_read(path, PEM_BYTES_MAX, out);
    buf_byte(out, '\0');
    if (err != ERR_OK) {
        log_error("gateway_tls", "path=\"%s\" error=%s", path, err_name(err));
    }
    return err == ERR_OK;
}

/* A stream of events is a descriptor; the usual soft limit of 1,024 is below what streams and requests need. A
 * fifth of them is left for the broker's sockets and for what is not ours. */
static unsigned
connections_allow(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return CONNECTIONS_MAX;
    }
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    rlim_t allowed = limit.rlim_max / 5 * 4;
    return allowed < CONNECTIONS_MAX ? (unsigned)allowed : CONNECTIONS_MAX;
}

static struct MHD_Daemon *
http_start(struct gateway *g, const struct sockaddr *address, struct MHD_OptionItem *tls)
{
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    flags |= tls[0].option == MHD_OPTION_END ? 0 : MHD_USE_TLS;
    flags |= address->sa_family == AF_INET6 ? MHD_USE_IPv6 : 0;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, http_handle, g, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, http_completed, g, MHD_OPTION_NOTIFY_CONNECTION,
        http_connection, g, MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_LISTENING_ADDRESS_REUSE, 1u,
        MHD_OPTION_CONNECTION_LIMIT, connections_allow(), MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_TIMEOUT_S,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

static bool
http_open(struct gateway *g)
{
    const struct settings *s = g->settings;
    const char *text = s->gateway_listen[0] == '\0' ? GATEWAY_LISTEN_DEFAULT : s->gateway_listen;
    struct buf cert = BUF_EMPTY, key = BUF_EMPTY;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_END, 0, NULL}, {MHD_OPTION_HTTPS_MEM_KEY, 0, NULL}, {MHD_OPTION_END, 0, NULL}};
    struct addrinfo *address = listen_parse(text);
    bool good = true;
    if (address == NULL) {
        return false;
    }
    if (s->gateway_cert[0] != '\0') {
        good = pem_read(s->gateway_cert, &cert) && pem_read(s->gateway_tls_key, &key);
        tls[0] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, cert.data};
        tls[1].ptr_value = key.data;
    }
    if (good) {
        g->http = http_start(g, address->ai_addr, tls);
    }
    if (good && g->http == NULL) {
        log_error("gateway_listen", "value=\"%s\" error=\"%s\"", text, strerror(errno));
    } else if (good) {
        log_info("listening", "endpoint=%.*s:%u", (int)(strrchr(text, ':') - text), text,
                 (unsigned)MHD_get_daemon_info(g->http, MHD_DAEMON_INFO_BIND_PORT)->port);
    }
    freeaddrinfo(address);
    sodium_memzero(key.data, key.len);
    buf_fini(&cert);
    buf_fini(&key);
    return g->http != NULL;
}

static void
on_result(void *gateway, const struct client_result *result)
{
    struct gateway *g = gateway;
    if ((result->tag & POSTING_TAG) != 0) {
        postings_on_result(&g->postings, result);
    } else {
        imports_on_result(&g->imports, result);
    }
}

static bool
links_begin(struct gateway *g)
{
    char why[256];
    struct client_options options = {
        .brokers = settings_broker(g->settings),
        .key_file = settings_key_file(g->settings),
        .name = "thidua-gateway",
        .give_up_ms = GIVE_UP_MS,
    };
    bool open = links_open(&g->links, &options, why);
    if (!open) {
        log_error("broker_unusable", "why=\"%s\"", why);
        return false;
    }
    imports_init(&g->imports, &g->links);
    postings_init(&g->postings, &g->links, &g->clock);
    client_on_result(g->links.submitter, on_result, g);
    return true;
}

/* True: to be ended. */
static bool
signals_take(int signals)
{
    bool stop = false;
    for (int number = proc_signals_next(signals); number != 0;
         number = proc_signals_next(signals)) {
        stop = stop || number == SIGTERM || number == SIGINT;
    }
    return stop;
}

static void
loop(struct gateway *g, int signals)
{
    zmq_pollitem_t items[LINKS_POLL_MAX + 2];
    int epoll = MHD_get_daemon_info(g->http, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    while (!signals_take(signals)) {
        uint32_t wait_ms;
        MHD_UNSIGNED_LONG_LONG http_ms;
        unsigned n = links_poll(&g->links, items, &wait_ms);
        items[n++] = (zmq_pollitem_t){.fd = epoll, .events = ZMQ_POLLIN};
        items[n++] = (zmq_pollitem_t){.fd = signals, .events = ZMQ_POLLIN};
        if (MHD_get_timeout(g->http, &http_ms) == MHD_YES && http_ms < wait_ms) {
            wait_ms = (uint32_t)http_ms;
        }
        wait_ms = events_step(&g->events, wait_ms);
        wait_ms = postings_step(&g->postings, wait_ms);
        wait_ms = visitors_tick(&g->visitors, clock_mono_ms(&g->clock), wait_ms);
        /* libmicrohttpd neither wakes its descriptor nor shortens its timeout for a resumed request. */
        zmq_poll(items, (int)n, g->woken ? 0 : wait_ms);
        g->woken = false;
        /* Requests first: what they ask leaves in the same turn; answers wake them for the next. */
        MHD_run(g->http);
        links_step(&g->links);
        imports_step(&g->imports);
        jobs_step(&g->jobs, clock_wall_us(&g->clock));
    }
}

/* Suspended requests must be resumed before libmicrohttpd can end; forgotten questions wake nobody. */
static void
gateway_stop(struct gateway *g)
{
    requests_wake(g);
    events_fini(&g->events);
    MHD_stop_daemon(g->http);
}

static void
console_load(struct gateway *g)
{
    const struct settings *s = g->settings;
    char *folder = s->gateway_console[0] != '\0' ? strdup(s->gateway_console) : pages_folder();
    g->secure = s->gateway_cert[0] != '\0' || strcmp(s->gateway_secure, "yes") == 0;
    if (folder == NULL) {
        log_warn("console_missing", "key=gateway_console");
    } else {
        pages_load(&g->pages, folder);
    }
    free(folder);
}

int
gateway_run(const struct settings *settings)
{
    struct gateway *g = mem_alloc(sizeof *g);
    *g = (struct gateway){.settings = settings, .clock = clock_real(settings->clock_offset_us)};
    TAILQ_INIT(&g->visitors);
    /* Before libzmq makes its threads: they must inherit the mask. */
    int signals = proc_signals_open();
    bool open = signals >= 0 && links_begin(g);
    bool listening = open && http_open(g);
    if (listening) {
        sign_ins_init(&g->sign_ins);
        logins_init(&g->logins);
        events_init(&g->events, &g->links, &g->logins, &g->clock);
        console_load(g);
        loop(g, signals);
        gateway_stop(g);
        log_info("stopped", NULL);
    }
    jobs_fini(&g->jobs);
    links_close(&g->links);
    pages_free(&g->pages);
    plan_drop(&g->plan);
    close(signals);
    free(g);
    return listening ? 0 : EX_UNAVAILABLE;
}

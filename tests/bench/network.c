/* A site with an endpoint on the network, and keys for those who speak there: see bench.h. */
#include "tests/bench/bench.h"

#include "common/check.h"
#include "proto/access.h"
#include "proto/cursor.h"

#include <stdio.h>

static FILE *
file_in(const char *folder, const char *name, const char *how)
{
    char path[PATH_ROOM + 64];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *out = fopen(path, how);
    CHECK(out != NULL);
    return out;
}

void
network_configure(const struct site *s, uint32_t quota_records, uint32_t lease_ms)
{
    FILE *out = file_in(s->data, "thidua.conf", "we");
    fprintf(out,
            "listen_tcp = tcp://127.0.0.1:*\nsessions = %u\nlease_ms = %u\n"
            "quota_records = %u\nquota_kb = %u\n",
            OFFICES + OFFICES / 4, lease_ms, quota_records, quota_records);
    CHECK(fclose(out) == 0);
}

void
network_key(const struct site *s, const char *principal, struct curve_key *key)
{
    char path[PATH_ROOM + 64], why[256];
    snprintf(path, sizeof(path), "%s/%s.key", s->folder, principal);
    curve_key_new(principal, key);
    CHECK(curve_key_write(path, key, why) == ERR_OK);
}

FILE *
network_access_begin(const struct site *s)
{
    FILE *out = file_in(s->folder, "access.yaml", "we");
    fputs("principals:\n", out);
    return out;
}

void
network_access_add(FILE *out, const struct curve_key *key, const char *roles, const char *units)
{
    char text[ACCESS_KEY_TEXT];
    access_key_format(key->public_key, text);
    fprintf(out, "  - principal: %s\n    roles: [%s]\n    units: [%s]\n    keys: [%s]\n",
            key->principal, roles, units, text);
}

void
network_access_end(const struct site *s, FILE *out)
{
    char path[PATH_ROOM];
    const char *publish[] = {"access", "publish", path, "--data", s->data, NULL};
    snprintf(path, sizeof(path), "%s/access.yaml", s->folder);
    CHECK(fclose(out) == 0);
    CHECK(site_run(s, "thidua", publish) == 0);
}

static struct slice
value_of(struct slice map, const char *wanted)
{
    struct cursor c = cursor_of(map);
    struct slice key, value;
    uint32_t pairs;
    CHECK(cursor_map(&c, &pairs) == ERR_OK);
    while (pairs-- > 0) {
        CHECK(cursor_text(&c, &key) == ERR_OK && cursor_raw(&c, &value) == ERR_OK);
        if (slice_is(key, wanted)) {
            return value;
        }
    }
    CHECK(!"such a key");
    return map;
}

void
network_endpoint(struct site *s, char endpoint[ENDPOINT_MAX])
{
    char path[PATH_ROOM + 64], why[256], text[ACCESS_KEY_TEXT];
    struct curve_key broker;
    struct slice body, at;
    struct complaint complaint;
    uint64_t as_of;
    site_connect(s, 1, site_count, s);
    CHECK(client_query(s->client, "broker.status", (struct slice){0}, 0, &body, &as_of,
                       &complaint) == ERR_OK);
    struct cursor c = cursor_of(value_of(value_of(body, "network"), "endpoint"));
    CHECK(cursor_text(&c, &at) == ERR_OK);
    snprintf(path, sizeof(path), "%s/keys/broker", s->data);
    CHECK(curve_key_read(path, &broker, why) == ERR_OK);
    access_key_format(broker.public_key, text);
    snprintf(endpoint, ENDPOINT_MAX, "%.*s#%s", SLICE_ARG(at), text);
}

/* The same streams as over ipc, by one key of a city system that may also ask for the state. */
void
mode_curve(struct figures *f, struct site *s, uint64_t records)
{
    static char endpoint[ENDPOINT_MAX], key_file[PATH_ROOM + 64];
    struct curve_key key;
    network_key(s, "feeder", &key);
    FILE *out = network_access_begin(s);
    network_access_add(out, &key, "ingest, auditor", "city/");
    network_access_end(s, out);
    network_endpoint(s, endpoint);
    snprintf(key_file, sizeof(key_file), "%s/feeder.key", s->folder);
    for (int round = 0; round < 2; round++) {
        uint32_t per_message = round == 0 ? 100 : 1;
        char ipc[64], tcp[64];
        snprintf(ipc, sizeof(ipc), "ipc, %u a message", per_message);
        snprintf(tcp, sizeof(tcp), "tcp and CURVE, %u a message", per_message);
        s->broker = s->key_file = NULL;
        double local = mode_stream(f, s, ipc, records, per_message);
        s->broker = endpoint;
        s->key_file = key_file;
        double remote = mode_stream(f, s, tcp, records, per_message);
        snprintf(ipc, sizeof(ipc), "%u a message: receipts over tcp, of those over ipc",
                 per_message);
        figure_add(f, ipc, "", remote / local);
    }
    s->broker = s->key_file = NULL;
}

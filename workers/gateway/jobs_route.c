/* GET /api/system/tasks/DATAVALUE_IMPORT/{id} and taskSummaries: what DHIS2's clients ask after an import with
 * `async=true`: the notifications of a job, the newest first, and its import summary. */
#include "workers/gateway/request.h"

#include "common/text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define TYPE "DATAVALUE_IMPORT"
#define TIME_TEXT 32

static void
time_write(int64_t us, char text[TIME_TEXT])
{
    time_t seconds = (time_t)(us / 1000000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    size_t len = strftime(text, TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(text + len, TIME_TEXT - len, ".%03d", (int)(us / 1000 % 1000));
}

void
job_reply(struct request *r, const struct job *job)
{
    char path[sizeof "/api/system/tasks/" TYPE "/" + JOB_ID], created[TIME_TEXT];
    snprintf(path, sizeof path, "/api/system/tasks/" TYPE "/%s", job->id);
    time_write(job->begun_us, created);
    reply_json(r, MHD_HTTP_OK,
               json_pack("{s:s, s:i, s:s, s:s, s:{s:s, s:s, s:s, s:s, s:s, s:s}}", "httpStatus",
                         "OK", "httpStatusCode", 200, "status", "OK", "message",
                         "Initiated dataValueImport", "response", "responseType",
                         "JobConfigurationWebMessageResponse", "name", "dataValueImport", "id",
                         job->id, "created", created, "jobType", TYPE, "relativeNotifierEndpoint",
                         path));
}

static const struct job *
job_of(struct request *r)
{
    const struct job *job = job_find(&r->gateway->jobs, r->principal, strrchr(r->path, '/') + 1);
    if (job == NULL) {
        reply_error(r, MHD_HTTP_NOT_FOUND, "job-unknown",
                    "Không có lượt nhập này, hoặc cổng đã khởi động lại: gửi lại với cùng "
                    "Idempotency-Key thì chỉ có một hiệu lực.",
                    "There is no such job, or the gateway was started again: sent again with the "
                    "same Idempotency-Key it has one effect.");
    }
    return job;
}

static json_t *
notification(const struct job *job, int64_t time_us, const char *message, bool completed)
{
    char time[TIME_TEXT];
    time_write(time_us, time);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "uid", job->id, "level", "INFO", "category",
                     TYPE, "time", time, "message", message, "completed", completed);
}

void
handle_task(struct request *r)
{
    const struct job *job = job_of(r);
    bool vi = r->language == LANGUAGE_VI;
    if (job == NULL) {
        return;
    }
    json_t *list = json_array();
    if (job->import == NULL) {
        json_array_append_new(
            list, notification(job, job->ended_us, vi ? "Đã xử lý xong." : "Import done.", true));
    }
    json_array_append_new(list, notification(job, job->begun_us,
                                             vi ? "Đã nhận; đang xử lý." : "Taken; being judged.",
                                             false));
    reply_json(r, MHD_HTTP_OK, list);
}

void
handle_task_summary(struct request *r)
{
    const struct job *job = job_of(r);
    if (job == NULL) {
        return;
    }
    if (job->import != NULL) {
        reply_json(r, MHD_HTTP_ACCEPTED,
                   json_pack("{s:s, s:i, s:s}", "httpStatus", "Accepted", "httpStatusCode",
                             MHD_HTTP_ACCEPTED, "status", "PENDING"));
        return;
    }
    reply_json(r, MHD_HTTP_OK,
               json_loadb((const char *)job->summary.data, job->summary.len, 0, NULL));
}

/* A sheet as an OpenDocument spreadsheet (ISO/IEC 26300, part 3 for the package): a zip whose first
 * file is `mimetype`, stored and not deflated, so that its kind stands at a fixed place; then the
 * content and the list of what is in it. Times within are fixed: the same list is the same bytes. */
#include "clients/html.h"
#include "clients/sheet.h"
#include "common/log.h"

#include <zip.h>

#define MIME "application/vnd.oasis.opendocument.spreadsheet"
#define DOS_DATE ((1980 - 1980) << 9 | 1 << 5 | 1) /* 1980-01-01, the first that a zip can say */

static const char MANIFEST[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\""
    " manifest:version=\"1.2\">"
    "<manifest:file-entry manifest:full-path=\"/\" manifest:version=\"1.2\""
    " manifest:media-type=\"" MIME "\"/>"
    "<manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/>"
    "</manifest:manifest>\n";

static const char CONTENT_HEAD[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<office:document-content office:version=\"1.2\""
    " xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\""
    " xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\""
    " xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\""
    " xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\""
    " xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\">"
    "<office:automatic-styles>"
    "<style:style style:name=\"wide\" style:family=\"table-column\">"
    "<style:table-column-properties style:column-width=\"5cm\"/></style:style>"
    "<style:style style:name=\"heading\" style:family=\"table-cell\">"
    "<style:text-properties fo:font-weight=\"bold\"/></style:style>"
    "</office:automatic-styles><office:body><office:spreadsheet>";

/* A run of spaces, a tab and a line's end would each become one space: they have tags of their own. */
static void
paragraph(struct slice text, struct buf *out)
{
    size_t begin = 0;
    html(out, "<text:p>");
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.data[i];
        bool space = byte == ' ' && (i == 0 || text.data[i - 1] == ' ');
        if (!space && byte != '\t' && byte != '\n') {
            continue;
        }
        html_text(out, slice_of(text.data + begin, i - begin));
        html(out, "<text:%s/>", space ? "s" : byte == '\t' ? "tab" : "line-break");
        begin = i + 1;
    }
    html_text(out, slice_of(text.data + begin, text.len - begin));
    html(out, "</text:p>");
}

static void
cell(const struct sheet *sheet, size_t i, struct buf *out)
{
    bool is_number;
    struct slice text = sheet_cell(sheet, i, &is_number);
    html(out, "<table:table-cell");
    if (i < sheet_columns(sheet)) {
        html(out, " table:style-name=\"heading\"");
    }
    if (is_number) {
        html(out, " office:value-type=\"float\" office:value=\"");
        html_text(out, text);
        html(out, "\">");
    } else {
        html(out, " office:value-type=\"string\">");
    }
    paragraph(text, out);
    html(out, "</table:table-cell>");
}

static void
content(const struct sheet *sheet, struct buf *out)
{
    buf_slice(out, slice_text(CONTENT_HEAD));
    html(out, "<table:table table:name=\"%s\">", sheet_name(sheet));
    html(out,
         "<table:table-column table:style-name=\"wide\" table:number-columns-repeated=\"%d\"/>",
         (int)sheet_columns(sheet));
    for (size_t i = 0; i < sheet_cells(sheet); i++) {
        if (i % sheet_columns(sheet) == 0) {
            html(out, "<table:table-row>");
        }
        cell(sheet, i, out);
        if ((i + 1) % sheet_columns(sheet) == 0) {
            html(out, "</table:table-row>");
        }
    }
    html(out, "</table:table></office:spreadsheet></office:body></office:document-content>\n");
}

/* The bytes must live until the archive is closed. */
static bool
file_add(zip_t *zip, const char *name, struct slice bytes, zip_int32_t method)
{
    zip_source_t *source = zip_source_buffer(zip, bytes.data, bytes.len, 0);
    zip_int64_t index = source == NULL ? -1 : zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(source);
        return false;
    }
    return zip_set_file_compression(zip, (zip_uint64_t)index, method, 0) == 0 &&
           zip_file_set_dostime(zip, (zip_uint64_t)index, 0, DOS_DATE, 0) == 0;
}

static bool
source_read(zip_source_t *source, struct buf *out)
{
    zip_stat_t stat;
    if (zip_source_stat(source, &stat) != 0 || zip_source_open(source) != 0) {
        return false;
    }
    zip_int64_t got = zip_source_read(source, buf_reserve(out, stat.size), stat.size);
    zip_source_close(source);
    return got >= 0 && (zip_uint64_t)got == stat.size;
}

/* Takes `zip`; `source`, which holds what is written, outlives it. */
static bool
package(zip_t *zip, zip_source_t *source, struct slice body, struct buf *out)
{
    bool added = file_add(zip, "mimetype", slice_text(MIME), ZIP_CM_STORE) &&
                 file_add(zip, "content.xml", body, ZIP_CM_DEFLATE) &&
                 file_add(zip, "META-INF/manifest.xml", slice_text(MANIFEST), ZIP_CM_DEFLATE);
    if (!added || zip_close(zip) != 0) {
        log_error("ods_failed", "reason=\"%s\"", zip_strerror(zip));
        zip_discard(zip);
        return false;
    }
    return source_read(source, out);
}

enum err
sheet_ods(const struct sheet *sheet, struct buf *out)
{
    struct buf body = {0};
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip =
        source == NULL ? NULL : zip_open_from_source(source, ZIP_CREATE | ZIP_TRUNCATE, &error);
    bool made = false;
    if (zip != NULL) {
        zip_source_keep(source);
        content(sheet, &body);
        made = package(zip, source, buf_slice_of(&body), out);
    } else {
        log_error("ods_failed", "reason=\"%s\"", zip_error_strerror(&error));
    }
    zip_source_free(source);
    zip_error_fini(&error);
    buf_fini(&body);
    return made ? ERR_OK : ERR_IO;
}

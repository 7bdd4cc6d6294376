/* Files of an office's folder. The templates have the columns that `thidua import` reads, and no row: an
 * empty report is one too. */
#include "clients/office_folder.h"

#include "clients/answers.h"
#include "clients/reading.h"
#include "clients/words.h"
#include "common/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static bool
put(const struct office_plan *plan, const char *name, struct buf *text)
{
    char path[SETTINGS_PATH_MAX + 128];
    snprintf(path, sizeof path, "%s/%s", plan->folder, name);
    bool good = file_replace(path, buf_slice_of(text)) == ERR_OK;
    buf_fini(text);
    return good;
}

static bool
list_has(const json_t *list, const char *word)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        const char *text = json_string_value(item);
        if (text != NULL && strcmp(text, word) == 0) {
            return true;
        }
    }
    return false;
}

/* As form_asks of proto/campaign.h, on what the query worker said. */
bool
office_form_asked(const json_t *form, const json_t *unit)
{
    const json_t *levels = json_object_get(form, "levels");
    const json_t *kinds = json_object_get(form, "kinds");
    const json_t *units = json_object_get(form, "units");
    bool everyone = json_array_size(levels) + json_array_size(kinds) + json_array_size(units) == 0;
    return everyone || list_has(levels, json_text(unit, "level")) ||
           list_has(kinds, json_text(unit, "kind")) || list_has(units, json_text(unit, "unit"));
}

static bool
template_put(const struct office_plan *plan, const json_t *form)
{
    char name[64];
    struct buf text = BUF_EMPTY;
    size_t i;
    json_t *indicator;
    buf_printf(&text, "unit,period");
    json_array_foreach(json_object_get(form, "indicators"), i, indicator)
    {
        buf_printf(&text, ",%s", json_string_value(indicator));
    }
    buf_printf(&text, "\n");
    snprintf(name, sizeof name, "forms/%.40s.csv", json_text(form, "code"));
    return put(plan, name, &text);
}

static bool
templates_put(const struct office_plan *plan)
{
    char path[SETTINGS_PATH_MAX + 16];
    size_t i;
    json_t *form;
    snprintf(path, sizeof path, "%s/forms", plan->folder);
    bool good = file_make_folder(path) == ERR_OK;
    json_array_foreach(json_object_get(plan->campaign, "forms"), i, form)
    {
        if (good && office_form_asked(form, plan->unit)) {
            good = template_put(plan, form);
        }
    }
    return good;
}

/* How often a form is asked, in one language. */
static const char *
period_word(const char *name, const char *language)
{
    static const char *const words[][2] = {{"day", "hằng ngày"},
                                           {"week", "hằng tuần"},
                                           {"month", "hằng tháng"},
                                           {"quarter", "hằng quý"},
                                           {"year", "hằng năm"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(language, "title_vi") == 0 && strcmp(words[i][0], name) == 0) {
            return words[i][1];
        }
    }
    return name;
}

/* The forms by name, one a line. */
static void
forms_list(const struct office_plan *plan, const char *language, struct buf *text)
{
    size_t i;
    json_t *form;
    json_array_foreach(json_object_get(plan->campaign, "forms"), i, form)
    {
        if (office_form_asked(form, plan->unit)) {
            buf_printf(text, "  forms/%s.csv   %s (%s)\n", json_text(form, "code"),
                       json_text(form, language), period_word(json_text(form, "period"), language));
        }
    }
}

static bool
guide_vi_put(const struct office_plan *plan)
{
    struct buf text = BUF_EMPTY;
    const char *unit = json_text(plan->unit, "unit");
    buf_printf(&text,
               "Thi Đua: thư mục của %s (%s)\n"
               "\n"
               "Tệp “key” là khóa riêng: ai có tệp này thì nói được thay đơn vị. Đừng gửi cho ai, "
               "đừng sao\n"
               "chép ra chỗ người khác đọc được. Mất thì báo ngay người vận hành để thu hồi.\n"
               "\n"
               "Điền biểu mẫu rồi gửi, trong thư mục này:\n"
               "\n",
               json_text(plan->unit, "name"), unit);
    forms_list(plan, "title_vi", &text);
    buf_printf(&text,
               "\n"
               "Mỗi dòng một kỳ, ví dụ “%s,2021-11-04,120,…”. Ô trống là không có số liệu, không "
               "phải số 0.\n"
               "\n"
               "  thidua import forms/BIỂU-MẪU.csv --form BIỂU-MẪU\n"
               "  thidua reports --unit %s --period 202111\n"
               "\n"
               "Sửa số liệu: sửa tệp và gửi lại. Đổi khóa: thidua keys rotate key\n",
               unit, unit);
    return put(plan, "HUONG-DAN.txt", &text);
}

static bool
guide_en_put(const struct office_plan *plan)
{
    struct buf text = BUF_EMPTY;
    const char *unit = json_text(plan->unit, "unit");
    buf_printf(&text,
               "Thi Đua: the folder of %s (%s)\n"
               "\n"
               "The file “key” is the private key: whoever has it speaks for the office. Send it "
               "to nobody, copy\n"
               "it nowhere where others may read. Tell the operator at once when it is lost.\n"
               "\n"
               "Fill a form in and send it, in this folder:\n"
               "\n",
               json_text(plan->unit, "name"), unit);
    forms_list(plan, "title_en", &text);
    buf_printf(&text,
               "\n"
               "A line a period, for instance “%s,2021-11-04,120,…”. An empty cell says that there "
               "is no figure; it is no zero.\n"
               "\n"
               "  thidua import forms/FORM.csv --form FORM\n"
               "  thidua reports --unit %s --period 202111\n"
               "\n"
               "To correct a figure, mend the file and send it again. To change the key: thidua "
               "keys rotate key\n",
               unit, unit);
    return put(plan, "README.txt", &text);
}

static bool
key_put(struct office_plan *plan)
{
    char path[SETTINGS_PATH_MAX + 16], why[256];
    snprintf(path, sizeof path, "%s/" OFFICE_KEY, plan->folder);
    curve_key_new(plan->office.principal, &plan->key);
    return curve_key_write(path, &plan->key, why) == ERR_OK;
}

static bool
conf_put(const struct office_plan *plan)
{
    struct buf text = BUF_EMPTY;
    office_format(&plan->office, &text);
    return put(plan, OFFICE_CONF, &text);
}

int
office_folder_make(struct office_plan *plan)
{
    enum err err = file_make_private_folder(plan->folder);
    if (err != ERR_OK) {
        return say_code(EX_CANTCREAT,
                        tr("không tạo được thư mục %s (%s).", "the folder %s cannot be made (%s)."),
                        plan->folder, err_name(err));
    }
    if (key_put(plan) && conf_put(plan) && templates_put(plan) && guide_vi_put(plan) &&
        guide_en_put(plan)) {
        return 0;
    }
    int reason = errno;
    (void)!file_remove_tree(plan->folder);
    return say_code(EX_CANTCREAT, tr("không ghi được vào %s: %s.", "%s cannot be written: %s."),
                    plan->folder, strerror(reason));
}

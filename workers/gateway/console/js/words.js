/* Words, Vietnamese first. tr(vi, en) says a page's own sentence in the reader's language, as the command line does;
 * the tables hold what several pages say: one concept, one word. Codes that no table knows are shown as they are:
 * levels and kinds are data. */

export function language() {
    return document.documentElement.lang === "en" ? "en" : "vi";
}

export function tr(vi, en) {
    return language() === "en" ? en : vi;
}

/* The title of what has title_vi and title_en; of a unit its name. */
export function title(thing) {
    const first = language() === "en" ? thing.title_en : thing.title_vi;
    return first || thing.title_vi || thing.title_en || thing.name || thing.code || "";
}

const TABLES = {
    page: {
        overview: ["Tổng quan", "Overview"],
        units: ["Đơn vị", "Units"],
        review: ["Xét khen thưởng", "Review"],
        meetings: ["Phiên họp", "Meetings"],
        honours: ["Khen thưởng", "Honours"],
        approvals: ["Phê duyệt kỳ báo cáo", "Approvals"],
        send: ["Gửi báo cáo", "Send reports"],
        operations: ["Vận hành", "Operations"],
    },
    role: {
        submitter: ["Cán bộ báo cáo", "Submitter"],
        ingest: ["Hệ thống gửi số liệu", "Feeding system"],
        council: ["Thành viên Hội đồng", "Council member"],
        secretary: ["Thư ký Hội đồng", "Secretary"],
        operator: ["Quản trị vận hành", "Operator"],
        auditor: ["Kiểm tra, giám sát", "Auditor"],
        gateway: ["Cổng", "Gateway"],
        worker: ["Tiến trình xử lý", "Worker"],
    },
    level: {
        city: ["Thành phố", "City"],
        district: ["Cấp huyện", "District"],
        commune: ["Cấp xã", "Commune"],
        department: ["Sở, ban, ngành", "Department"],
        organisation: ["Đoàn thể, cơ quan Đảng", "Organisation"],
        "prime-minister": ["Thủ tướng Chính phủ", "Prime Minister"],
        president: ["Chủ tịch nước", "President"],
    },
    /* The awards' authority. */
    authority: {
        commune: ["Cấp xã", "Commune"],
        district: ["Cấp huyện, sở, ngành", "District, department"],
        city: ["Thành phố", "City"],
        "prime-minister": ["Thủ tướng Chính phủ", "Prime Minister"],
        president: ["Chủ tịch nước", "President"],
    },
    kind: {
        collective: ["Tập thể", "Collective"],
        individual: ["Cá nhân", "Individual"],
        household: ["Hộ gia đình", "Household"],
    },
    period: {
        day: ["Ngày", "Day"],
        week: ["Tuần", "Week"],
        month: ["Tháng", "Month"],
        quarter: ["Quý", "Quarter"],
        year: ["Năm", "Year"],
    },
    /* The states of proto/review.def, in its words. */
    state: {
        submitted: ["mới gửi", "submitted"],
        verified: ["đã thẩm định", "verified"],
        consulting: ["đang hiệp y", "consulting"],
        returned: ["trả lại", "returned"],
        "in-review": ["đưa ra hội đồng", "in review"],
        in_review: ["đưa ra hội đồng", "in review"],
        approved: ["hội đồng thông qua", "approved"],
        refused: ["không thông qua", "refused"],
        forwarded: ["đã trình cấp trên", "forwarded"],
        decided: ["đã quyết định khen thưởng", "decided"],
        revoked: ["đã thu hồi", "revoked"],
    },
    /* A unit's period. */
    approval: {
        open: ["chưa phê duyệt", "open"],
        approved: ["đã phê duyệt", "approved"],
        reopened: ["đã mở lại", "reopened"],
    },
    verdict: {
        accepted: ["đã nhận", "accepted"],
        corrected: ["thay bản trước", "corrected"],
        unchanged: ["không đổi", "unchanged"],
        superseded: ["đã có bản mới hơn", "superseded"],
        rejected: ["bị từ chối", "rejected"],
        quarantined: ["bị cách ly", "quarantined"],
        late: ["trễ hạn", "late"],
        outlier: ["khác thường", "outlier"],
        incomplete: ["thiếu chỉ tiêu", "incomplete"],
        warned: ["cần xem lại", "warned"],
        withdrawn: ["đã rút", "withdrawn"],
    },
    /* Buttons and headings that many pages have. */
    do: {
        save: ["Lưu", "Save"],
        send: ["Gửi", "Send"],
        cancel: ["Hủy", "Cancel"],
        close: ["Đóng", "Close"],
        back: ["Quay lại", "Back"],
        more: ["Xem thêm", "Show more"],
        retry: ["Thử lại", "Try again"],
        search: ["Tìm", "Search"],
        print: ["In", "Print"],
        "sign-in": ["Đăng nhập", "Sign in"],
        "sign-out": ["Đăng xuất", "Sign out"],
    },
    the: {
        unit: ["Đơn vị", "Unit"],
        code: ["Mã", "Code"],
        name: ["Tên", "Name"],
        form: ["Biểu mẫu", "Form"],
        period: ["Kỳ", "Period"],
        indicator: ["Chỉ tiêu", "Indicator"],
        value: ["Số liệu", "Value"],
        deadline: ["Hạn", "Deadline"],
        reason: ["Lý do", "Reason"],
        receipt: ["Biên nhận", "Receipt"],
        source: ["Nguồn", "Source"],
        expected: ["Phải có", "Expected"],
        received: ["Đã nhận", "Received"],
        "on-time": ["Đúng hạn", "On time"],
        missing: ["Còn thiếu", "Missing"],
        contact: ["Liên hệ", "Contact"],
        level: ["Cấp", "Level"],
        bloc: ["Cụm, khối thi đua", "Bloc"],
    },
};

/* word("state", "verified"); what the table lacks is given back as it is. */
export function word(table, code) {
    const pair = TABLES[table][code];
    return pair === undefined ? String(code) : pair[language() === "en" ? 1 : 0];
}

/* At the beginning of a heading. */
export function capital(text) {
    return text.charAt(0).toLocaleUpperCase(language()) + text.slice(1);
}

/* Every code of a table, for filters. */
export function codes(table) {
    return Object.keys(TABLES[table]);
}

/* What the broker calls a problem (broker/README.md): what it means for the work, and the first thing to do. */
import { tr } from "./words.js";

const TROUBLES = {
    "shard-without-worker": ["Một phân mảnh không có tiến trình xử lý: báo cáo được giữ an toàn nhưng chưa được tính.", "A shard has no worker: reports are safe, but not counted.",
        "Xem “thidua up” còn chạy không; nhật ký của nó nói vì sao tiến trình dừng.", "See whether “thidua up” still runs; its log says why the worker ended."],
    "worker-silent": ["Một tiến trình xử lý không lên tiếng.", "A worker is silent.",
        "Máy có thể đang quá tải, hoặc đĩa chậm. Tiến trình tự được khởi động lại.", "The machine may be overloaded or its disk slow. The worker is started again by itself."],
    "no-query-worker": ["Không có tiến trình trả lời câu hỏi: nhận báo cáo được, xem thì không.", "No query worker: reports are taken, but nothing can be read.",
        "Xem nhật ký của “thidua up”.", "Look into the log of “thidua up”."],
    "lag-large": ["Việc xử lý chậm hơn việc nhận: số liệu đang xem đã cũ.", "Applying falls behind taking: what is shown is old.",
        "Chờ nếu số “còn chờ” đang giảm; nếu tăng, xem CPU và đĩa.", "Wait if the lag shrinks; if it grows, look at processor and disk."],
    "network-closed": ["Cổng mạng đang đóng: văn phòng ở máy khác chưa gửi được.", "The network endpoint is closed: offices on other machines cannot send.",
        "Cấp quyền cho ít nhất một chủ thể: thidua access grant …", "Grant at least one principal: thidua access grant …"],
    "disk-low": ["Đĩa gần đầy: báo cáo mới bị hoãn lại (BUSY).", "The disk is nearly full: new reports are put off (BUSY).",
        "Giải phóng đĩa: sao lưu rồi tỉa nhật ký (thidua backup, thidua journal prune).", "Make room: back up, then prune the journal (thidua backup, thidua journal prune)."],
    "journal-damaged": ["Một khối của nhật ký không đọc được.", "A block of the journal cannot be read.",
        "Xem nhật ký; khôi phục đoạn đó từ bản sao lưu (docs/BACKUP.md).", "See the log; restore that segment from a backup (docs/BACKUP.md)."],
};

/* {what, then} in the reader's language; of a word that is not known, the word. */
export function trouble_words(name) {
    const found = TROUBLES[name];
    return found === undefined ? { what: name, then: "" } : { what: tr(found[0], found[1]), then: tr(found[2], found[3]) };
}

package dev.sluice.server.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads how a flow scans. */
final class ScanReader {
    private static final Duration LONGEST_WRITE = Duration.ofSeconds(20);

    private ScanReader() {}

    /**
     * The scan; what is wrong with it is told.
     *
     * @param recipients where the address of a candidate is
     */
    static ScanConfig read(Section scan, Optional<RecipientsConfig> recipients) {
        StoreUrl url = StoreReader.withLogin(scan.get(ScanOptions.URL), scan);
        String query = query(scan, ScanOptions.QUERY, scan.get(ScanOptions.QUERY));
        Optional<String> namedBy = scan.find(ScanOptions.NAMED_BY);
        List<String> content = scan.find(ScanOptions.CONTENT).orElse(List.of());
        if (scan.has(ScanOptions.CONTENT) == scan.has(ScanOptions.NAMED_BY)) {
            scan.wrong(
                    ScanOptions.CONTENT,
                    namedBy.isPresent() ? "stands beside 'named-by'" : "is missing",
                    "write the columns that make a candidate what it is, or 'named-by' with one that names that");
        }
        Optional<String> address = recipients.map(to -> to.field().toLowerCase(Locale.ROOT));
        List<String> required = new ArrayList<>(scan.find(ScanOptions.REQUIRED).orElse(List.of()));
        address.filter(it -> !required.contains(it)).ifPresent(required::add);
        ScanConfig.Columns columns = new ScanConfig.Columns(
                scan.get(ScanOptions.SUBJECT),
                content,
                namedBy,
                scan.find(ScanOptions.ITEMS).orElse(content),
                List.copyOf(required),
                scan.find(ScanOptions.AGE),
                address);
        ScanConfig.Limits limits = new ScanConfig.Limits(scan.find(ScanOptions.MAX_AGE), scan.find(ScanOptions.RAMP));
        if (limits.maxAge().isPresent() && columns.age().isEmpty()) {
            scan.wrong(ScanOptions.MAX_AGE, "needs the column with the age", "write 'age: COLUMN'");
        }
        ScanConfig.Access access = new ScanConfig.Access(url, scan.get(ScanOptions.TIMEOUT));
        return new ScanConfig(
                access,
                new ScanConfig.Queries(query, gone(scan)),
                columns,
                scan.get(ScanOptions.EVERY),
                limits,
                incremental(scan),
                writeBack(scan, access, columns));
    }

    private static Optional<WriteBackConfig> writeBack(
            Section scan, ScanConfig.Access access, ScanConfig.Columns columns) {
        // A statement that took longer would be tried by another server as well, whose turn it is after two minutes.
        Duration timeout = access.timeout().compareTo(LONGEST_WRITE) < 0 ? access.timeout() : LONGEST_WRITE;
        ScanConfig.Access writing = new ScanConfig.Access(access.url(), timeout);
        return scan.has(ScanOptions.WRITE_BACK)
                ? Optional.of(WriteBackReader.read(scan.part(ScanOptions.WRITE_BACK), writing, columns))
                : Optional.empty();
    }

    private static Optional<ScanConfig.Incremental> incremental(Section scan) {
        if (!scan.has(ScanOptions.INCREMENTAL)) {
            return Optional.empty();
        }
        Section part = scan.part(ScanOptions.INCREMENTAL);
        return Optional.of(
                new ScanConfig.Incremental(part.get(ScanOptions.CHANGED), part.get(ScanOptions.COMPLETE_EVERY)));
    }

    private static Optional<String> gone(Section scan) {
        Optional<String> gone = scan.find(ScanOptions.GONE).map(text -> query(scan, ScanOptions.GONE, text));
        if (gone.isPresent() && gone.get().chars().filter(each -> each == '?').count() != 1) {
            scan.wrong(ScanOptions.GONE, "has not one '?'", "write '?' once, where the subject is compared");
        }
        return gone;
    }

    /** A statement of one part, without the semicolon at its end. */
    private static String query(Section scan, Entry.Option<String> option, String text) {
        String query = text.strip().replaceAll(";+$", "").strip();
        if (scan.has(option) && query.contains(";")) {
            scan.wrong(option, "has a ';' in it", "write one statement");
        }
        return query;
    }
}

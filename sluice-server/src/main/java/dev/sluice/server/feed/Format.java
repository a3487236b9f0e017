package dev.sluice.server.feed;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** How occurrences are written in a file. */
enum Format {
    /** A message on each line. */
    LINES,
    /** A JSON object on each line. */
    NDJSON,
    /** A header, then comma-separated values. */
    CSV;

    /** What a file of this name, that begins like this, most likely is. */
    static Format guess(String name, String firstLine, Mapping mapping) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".csv")) {
            return CSV;
        } else if (lower.endsWith(".ndjson")
                || lower.endsWith(".jsonl")
                || firstLine.strip().startsWith("{")) {
            return NDJSON;
        }
        boolean header = !mapping.isEmpty()
                && mapping.missing(List.of(firstLine.replace("\"", "").split(",", -1)))
                        .isEmpty();
        return header ? CSV : LINES;
    }

    /** @throws IllegalArgumentException if the mapping does not fit the file */
    Source read(LineReader lines, Mapping mapping) throws IOException {
        if (this == LINES && !mapping.isEmpty()) {
            throw new IllegalArgumentException("plain lines have no columns to map");
        }
        return switch (this) {
            case LINES -> new PlainSource(lines);
            case NDJSON -> new JsonSource(lines, mapping);
            case CSV -> new CsvSource(lines, mapping);
        };
    }
}

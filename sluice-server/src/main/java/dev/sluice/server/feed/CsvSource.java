package dev.sluice.server.feed;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rows of comma-separated values below a header (RFC 4180; quoted values may hold line ends). A quote that is never
 * closed costs one line: reading goes on with the one after it, instead of swallowing the rest of the file.
 */
final class CsvSource implements Source {
    private static final int MOST_LINES = 200;

    private final LineReader lines;
    private final Mapping mapping;
    private final CsvReader.CsvReaderBuilder format = CsvReader.builder();
    private final List<String> header;

    /** @throws IllegalArgumentException if there is no header that fits the mapping */
    CsvSource(LineReader lines, Mapping mapping) throws IOException {
        this.lines = lines;
        this.mapping = mapping;
        header = header();
    }

    @Override
    public Optional<Item> next() throws IOException {
        Optional<LineReader.Line> first = lines.nextWritten();
        return first.isEmpty() ? Optional.empty() : Optional.of(item(first.get()));
    }

    @Override
    public boolean idle() throws IOException {
        return lines.idle();
    }

    @Override
    public List<String> columns() {
        return header;
    }

    private List<String> header() throws IOException {
        Optional<LineReader.Line> first = lines.nextWritten();
        if (first.isEmpty()) {
            return List.of();
        }
        List<String> names = values(first.get().text());
        if (new HashSet<>(names).size() < names.size()) {
            throw new IllegalArgumentException("the header names a column twice: " + names);
        }
        List<String> missing = mapping.missing(names);
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException(
                    "the header has no column " + String.join(", ", missing) + "; it has " + String.join(", ", names));
        }
        return names;
    }

    private Item item(LineReader.Line first) throws IOException {
        if (!first.whole()) {
            return new Item.Bad(first.number(), "longer than " + LineReader.MOST + " characters");
        }
        List<LineReader.Line> more = new ArrayList<>();
        Item item = completed(first, more)
                .map(row -> item(first.number(), row))
                .orElseGet(() -> new Item.Bad(first.number(), "a quote is opened and not closed"));
        if (item instanceof Item.Bad) {
            for (int i = more.size() - 1; i >= 0; i--) {
                lines.putBack(more.get(i));
            }
        }
        return item;
    }

    private Item item(long line, String text) {
        try {
            List<String> values = values(text);
            return values.size() == header.size()
                    ? new Item.Occurrence(line, mapping.occurrence(row(values)))
                    : new Item.Bad(line, values.size() + " values where the header names " + header.size());
        } catch (IllegalArgumentException e) {
            return new Item.Bad(line, "not comma-separated values: " + e.getMessage());
        }
    }

    private Map<String, String> row(List<String> values) {
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            row.put(header.get(i), values.get(i));
        }
        return row;
    }

    /** The text of the row that begins with {@code first}, and in {@code more} its other lines; empty if it does not end. */
    private Optional<String> completed(LineReader.Line first, List<LineReader.Line> more) throws IOException {
        StringBuilder text = new StringBuilder(first.text());
        boolean open = staysOpen(first.text(), false);
        while (open) {
            Optional<LineReader.Line> next = lines.next();
            if (next.isEmpty()) {
                return Optional.empty();
            }
            LineReader.Line line = next.get();
            more.add(line);
            if (!line.whole()
                    || more.size() > MOST_LINES
                    || text.length() + line.text().length() > LineReader.MOST) {
                return Optional.empty();
            }
            text.append('\n').append(line.text());
            open = staysOpen(line.text(), true);
        }
        return Optional.of(text.toString());
    }

    /** Whether a quote is open at the end of a line. Only at the beginning of a value does a quote open one. */
    private static boolean staysOpen(String line, boolean openBefore) {
        boolean open = openBefore;
        boolean beginning = !openBefore;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c != '"') {
                beginning = !open && c == ',';
            } else if (open) {
                boolean doubled = i + 1 < line.length() && line.charAt(i + 1) == '"';
                open = doubled;
                i += doubled ? 1 : 0;
            } else {
                open = beginning;
                beginning = false;
            }
        }
        return open;
    }

    private List<String> values(String row) {
        try {
            return format.ofSingleCsvRecord(row).getFields();
        } catch (CsvParseException e) {
            String why = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            throw new IllegalArgumentException(why, e);
        }
    }
}

package dev.sluice.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Messages, and for each the kind of event that people found it to be.
 *
 * @param name of the log
 * @param messages in the order of the log
 * @param events one for each message
 */
record LabelledLog(String name, List<String> messages, List<String> events) {
    private static final String MESSAGE = "Content";
    private static final String EVENT = "EventId";
    private static final String FILES = "*_structured.csv";

    /** Every log of a directory: CSV files with the columns {@code Content} and {@code EventId}, in the order of their names. */
    static List<LabelledLog> in(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, FILES)) {
            found.forEach(files::add);
        }
        if (files.isEmpty()) {
            throw new IOException("there is no " + FILES + " in " + directory.toAbsolutePath());
        }
        files.sort(null);
        List<LabelledLog> logs = new ArrayList<>();
        for (Path file : files) {
            logs.add(read(file));
        }
        return logs;
    }

    private static LabelledLog read(Path file) throws IOException {
        String name = file.getFileName().toString();
        List<List<String>> rows = rows(Files.readString(file, StandardCharsets.UTF_8));
        int message = rows.get(0).indexOf(MESSAGE);
        int event = rows.get(0).indexOf(EVENT);
        if (message < 0 || event < 0) {
            throw new IOException(file + " has no columns " + MESSAGE + " and " + EVENT);
        }
        List<List<String>> lines = rows.subList(1, rows.size());
        return new LabelledLog(
                name.substring(0, name.indexOf('_')),
                lines.stream().map(row -> row.get(message)).toList(),
                lines.stream().map(row -> row.get(event)).toList());
    }

    private static List<List<String>> rows(String text) {
        List<List<String>> rows = new ArrayList<>();
        List<String> row = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end = end(text, at);
            row.add(cell(text.substring(at, end)));
            if (end == text.length() || text.charAt(end) == '\n') {
                rows.add(List.copyOf(row));
                row.clear();
            }
            at = end + 1;
        }
        return rows;
    }

    /** The first comma or line feed from there that is not inside of quotes. */
    private static int end(String text, int start) {
        boolean quoted = false;
        for (int at = start; at < text.length(); at++) {
            char c = text.charAt(at);
            quoted ^= c == '"';
            if (!quoted && (c == ',' || c == '\n')) {
                return at;
            }
        }
        return text.length();
    }

    private static String cell(String written) {
        String bare = written.endsWith("\r") ? written.substring(0, written.length() - 1) : written;
        return bare.startsWith("\"") ? bare.substring(1, bare.length() - 1).replace("\"\"", "\"") : bare;
    }

    /** The numbers of the messages. */
    IntStream lines() {
        return IntStream.range(0, messages.size());
    }
}

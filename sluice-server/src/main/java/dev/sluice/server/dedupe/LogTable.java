package dev.sluice.server.dedupe;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The names of a log and of its columns; each is a name, and can be nothing else.
 *
 * @param table perhaps with a schema before it
 * @param id tells one row from all others
 * @param by whom a row is about
 * @param content what they were told
 * @param at when
 * @param sent what says that it was; empty where each row says so
 * @param mark what says that a row is known as a duplicate, and is none of the log any more
 */
record LogTable(
        String table, String id, String by, String content, String at, Optional<Setting> sent, Optional<Setting> mark) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]{0,63}");

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Whether it is the name of a table, perhaps with a schema. */
    static boolean isTable(String text) {
        List<String> parts = List.of(text.split("\\.", -1));
        return parts.size() <= 2 && parts.stream().allMatch(LogTable::isName);
    }

    /** The schema that is named. */
    Optional<String> schema() {
        int dot = table.indexOf('.');
        return dot < 0 ? Optional.empty() : Optional.of(table.substring(0, dot));
    }

    /** The table without its schema. */
    String bareTable() {
        return table.substring(table.indexOf('.') + 1);
    }

    List<Setting> settings() {
        return Stream.concat(sent.stream(), mark.stream()).toList();
    }

    /** All that are named. */
    List<String> columns() {
        return Stream.concat(Stream.of(id, by, content, at), settings().stream().map(Setting::column))
                .distinct()
                .toList();
    }
}

package dev.sluice.server.config;

import java.util.List;
import java.util.Optional;

/**
 * What one map of the configuration may hold.
 *
 * @param path where it stands, with {@code NAME} for names that the user chooses
 * @param intro what it is about
 * @param entries in the order of the documentation
 */
record Table(String path, String intro, List<Entry> entries) {
    Optional<Entry> entry(String name) {
        return entries.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    /** The names that may be written. */
    List<String> names() {
        return entries.stream().map(Entry::name).toList();
    }
}

package dev.sluice.server.config;

import java.util.List;

/** A line of a {@link Table}: something that has a name in the configuration. */
sealed interface Entry {
    String name();

    /**
     * A value.
     *
     * @param standard what holds where it is not written; empty if nothing does, or if it must be written
     * @param note said in place of the default: that the value must be written, or what the default depends on
     */
    record Option<T>(String name, Kind<T> kind, String standard, String note, String description) implements Entry {
        static final String REQUIRED = "required";

        static <T> Option<T> of(String name, Kind<T> kind, String standard, String description) {
            return new Option<>(name, kind, standard, "", description);
        }

        static <T> Option<T> required(String name, Kind<T> kind, String description) {
            return new Option<>(name, kind, "", REQUIRED, description);
        }

        static <T> Option<T> maybe(String name, Kind<T> kind, String note, String description) {
            return new Option<>(name, kind, "", note, description);
        }

        boolean isRequired() {
            return note.equals(REQUIRED);
        }
    }

    /**
     * A map with a table of its own, or several such maps.
     *
     * @param form how many
     * @param tables which; more than one where a {@code type} decides
     */
    record Part(String name, Form form, List<Table> tables, String description) implements Entry {
        static Part one(String name, Table table, String description) {
            return new Part(name, Form.ONE, List.of(table), description);
        }

        Table table() {
            return tables.get(0);
        }
    }

    /** How many maps a part holds. */
    enum Form {
        /** One. */
        ONE,
        /** One for each name. */
        NAMED,
        /** A list of them. */
        LISTED
    }
}

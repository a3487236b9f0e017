package dev.sluice.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A statement whose parameters have names, in the form that a driver takes.
 *
 * @param sql the statement with {@code ?} where a parameter stands
 * @param parameters their names in lower case, one for each {@code ?}
 */
public record NamedStatement(String sql, List<String> parameters) {
    public NamedStatement {
        parameters = List.copyOf(parameters);
    }

    /** Why a text is no such statement. */
    static final class Bad extends Exception {
        private static final long serialVersionUID = 1;

        Bad(String why) {
            super(why, null, false, false);
        }
    }

    /**
     * Reads {@code :name} outside of quotes and comments; {@code ::} and {@code :=} are what they are to the database.
     *
     * @throws Bad if it has parameters without a name, several statements, or quotes that do not end
     */
    static NamedStatement of(String text) throws Bad {
        Reading reading = new Reading(text.strip().replaceAll(";+$", "").strip());
        reading.all();
        return new NamedStatement(reading.sql.toString(), reading.parameters);
    }

    private static final class Reading {
        private final String text;
        private final StringBuilder sql = new StringBuilder();
        private final List<String> parameters = new ArrayList<>();
        private int at;

        Reading(String text) {
            this.text = text;
        }

        void all() throws Bad {
            while (at < text.length()) {
                char here = text.charAt(at);
                if (here == '\'' || here == '"' || here == '`') {
                    copyTo(end(String.valueOf(here), 1));
                } else if (text.startsWith("--", at)) {
                    int line = text.indexOf('\n', at);
                    copyTo(line < 0 ? text.length() : line);
                } else if (text.startsWith("/*", at)) {
                    copyTo(end("*/", 2));
                } else if (here == '?' || here == ';') {
                    throw new Bad("has a '" + here + "' in it");
                } else if (here == ':') {
                    colon();
                } else {
                    copyTo(at + 1);
                }
            }
        }

        private int end(String mark, int length) throws Bad {
            int end = text.indexOf(mark, at + length);
            if (end < 0) {
                throw new Bad("has a " + text.substring(at, at + length) + " that does not end");
            }
            return end + length;
        }

        private void colon() {
            int name = at + 1;
            while (name < text.length() && isWord(text.charAt(name))) {
                name++;
            }
            boolean named = name > at + 1
                    && !Character.isDigit(text.charAt(at + 1))
                    && (at == 0 || !isWord(text.charAt(at - 1)));
            if (text.startsWith("::", at)) {
                copyTo(at + 2);
            } else if (named) {
                parameters.add(text.substring(at + 1, name).toLowerCase(Locale.ROOT));
                sql.append('?');
                at = name;
            } else {
                copyTo(at + 1);
            }
        }

        private static boolean isWord(char each) {
            return each == '_' || (each < 128 && Character.isLetterOrDigit(each));
        }

        private void copyTo(int end) {
            sql.append(text, at, end);
            at = end;
        }
    }
}

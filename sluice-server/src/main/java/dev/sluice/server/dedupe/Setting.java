package dev.sluice.server.dedupe;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A value of a column, written {@code COLUMN=VALUE}. The value is such that it needs no quoting anywhere. */
record Setting(String column, String value) {
    private static final Pattern FORM = Pattern.compile("([^=]+)=([\\w.:@+ -]{1,100})");

    /** What {@code text} says; empty if it is none. */
    static Optional<Setting> of(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches() && LogTable.isName(form.group(1))
                ? Optional.of(new Setting(form.group(1), form.group(2)))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return column + "=" + value;
    }
}

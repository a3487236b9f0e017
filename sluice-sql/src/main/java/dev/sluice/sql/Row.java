package dev.sluice.sql;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.Packed;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Step;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/** A key as a shared database has it. */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
record Row(byte[] key, byte[] state, long due) {
    /** The order of the table, in which all servers lock. */
    static final Comparator<Row> ORDER = Comparator.comparing(Row::key, Arrays::compareUnsigned);

    static Row of(String key, State state, Rule rule) {
        return new Row(bytes(key), Packed.encode(state), Step.dueAt(state, rule));
    }

    /** The text of a {@link Key} as it is stored. */
    static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }

    boolean isDue() {
        return due != Micros.FOREVER;
    }
}

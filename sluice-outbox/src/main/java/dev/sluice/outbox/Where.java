package dev.sluice.outbox;

import java.util.ArrayList;
import java.util.List;

/** The conditions of one query, and their values. */
final class Where {
    private final List<String> conditions = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();

    void and(String condition, Object value) {
        conditions.add(condition);
        values.add(value);
    }

    String text() {
        return conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions);
    }

    /** The values of the conditions, and one that stands behind them. */
    Object[] valuesAnd(Object last) {
        List<Object> all = new ArrayList<>(values);
        all.add(last);
        return all.toArray();
    }
}

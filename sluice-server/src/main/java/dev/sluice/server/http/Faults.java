package dev.sluice.server.http;

import java.util.ArrayList;
import java.util.List;

/** Collects everything that is wrong with one request, so that it is told at once. */
final class Faults {
    /** More than this help nobody. */
    private static final int MOST = 50;

    private final List<Fault> found = new ArrayList<>(0);

    void add(String field, String detail) {
        if (found.size() < MOST) {
            found.add(new Fault(field, detail));
        }
    }

    boolean none() {
        return found.isEmpty();
    }

    /** @throws Refusal with all faults, if there are any */
    void check() {
        if (!found.isEmpty()) {
            throw new Refusal(new Problem(Problem.Kind.INVALID, summary(), List.copyOf(found)));
        }
    }

    private String summary() {
        Fault first = found.get(0);
        String text = first.field().isEmpty() ? first.detail() : first.field() + " " + first.detail();
        return found.size() == 1 ? text : text + "; and " + (found.size() - 1) + " more";
    }
}

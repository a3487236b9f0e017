package dev.sluice.server.http;

import dev.sluice.Explanation;
import dev.sluice.Key;
import dev.sluice.server.config.FlowConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One page of the subjects of a flow, in the order of the text of their keys.
 *
 * @param rows how each stands
 * @param next behind which key the next page begins; empty if there is none
 */
public record SubjectPage(List<Explanation> rows, Optional<Key> next) {
    /** Reads a page. May block. */
    public static SubjectPage of(Engine engine, FlowConfig flow, Wanted wanted) {
        List<Key> keys = wanted.prefix.isEmpty()
                ? engine.keys(flow.name(), wanted.after, wanted.limit + 1)
                : beginning(engine, flow, wanted);
        boolean more = keys.size() > wanted.limit;
        List<Key> shown = more ? keys.subList(0, wanted.limit) : keys;
        List<Explanation> rows = new ArrayList<>(shown.size());
        shown.forEach(key -> engine.explain(key).ifPresent(rows::add));
        return new SubjectPage(rows, more ? Optional.of(shown.get(shown.size() - 1)) : Optional.empty());
    }

    /**
     * Which subjects.
     *
     * @param prefix what they begin with; empty for all
     * @param after the page begins behind this key; empty for the first
     * @param limit most rows, at least 1
     */
    public record Wanted(String prefix, Optional<Key> after, int limit) {}

    /** Looks where the prefix stands in the order of keys, once per variant. */
    private static List<Key> beginning(Engine engine, FlowConfig flow, Wanted wanted) {
        List<Key> found = new ArrayList<>();
        for (String variant : variants(flow)) {
            Key start = Key.of(flow.name(), variant, wanted.prefix);
            boolean passed = wanted.after
                    .map(after -> after.text().compareTo(start.text()) >= 0)
                    .orElse(false);
            if (!passed) {
                engine.explain(start).map(Explanation::key).ifPresent(found::add);
            }
            Key from = passed ? wanted.after.orElse(start) : start;
            for (Key key : engine.keys(flow.name(), Optional.of(from), wanted.limit + 1)) {
                if (key.variant().equals(variant) && key.subject().startsWith(wanted.prefix)) {
                    found.add(key);
                }
            }
            if (found.size() > wanted.limit) {
                return found.subList(0, wanted.limit + 1);
            }
        }
        return found;
    }

    /** The variants in the order that their keys have. */
    private static SortedSet<String> variants(FlowConfig flow) {
        return new TreeSet<>(flow.plan().rules().keySet());
    }
}

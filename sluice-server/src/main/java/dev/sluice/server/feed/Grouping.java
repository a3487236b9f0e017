package dev.sluice.server.feed;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Counts how often each subject came, and keeps its first example. Holds every subject. For one thread. */
final class Grouping {
    private final Map<String, Group> groups = new HashMap<>();

    /** One subject. */
    private static final class Group {
        private final String subject;
        private final String example;
        private final long line;
        private long count;

        Group(String subject, String example, long line) {
            this.subject = subject;
            this.example = example;
            this.line = line;
        }

        long count() {
            return count;
        }

        long line() {
            return line;
        }

        String text() {
            return String.format(Locale.ROOT, "%,10d  %s%n%12sline %d: %s%n", count, subject, "", line, example);
        }
    }

    /** @param example shown if it is the first of its subject; neither it nor the subject holds what a terminal obeys */
    void add(String subject, String example, long line) {
        groups.computeIfAbsent(subject, name -> new Group(name, example, line)).count++;
    }

    int size() {
        return groups.size();
    }

    /** Each subject with its count and example, the most frequent first, then as they came. */
    List<String> largestFirst() {
        return groups.values().stream()
                .sorted(Comparator.comparingLong(Group::count).reversed().thenComparingLong(Group::line))
                .map(Group::text)
                .toList();
    }
}

package dev.sluice.server.http;

import dev.sluice.Key;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The query parameters of a request. Unknown and repeated ones are faults. */
final class Query {
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

    private final Map<String, String> values = new HashMap<>();
    private final Faults faults;

    /** Reads the raw query, which may be empty; admits the names {@code known}. */
    Query(String raw, Set<String> known, Faults faults) {
        this.faults = faults;
        for (String pair : raw.isEmpty() ? List.<String>of() : List.of(raw.split("&", -1))) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
            if (!known.contains(name)) {
                faults.add(name, "is not a query parameter of this path; it has " + sorted(known));
            } else if (values.put(name, value) != null) {
                faults.add(name, "is given more than once");
            }
        }
    }

    private static String sorted(Set<String> known) {
        return known.isEmpty()
                ? "none"
                : String.join(", ", known.stream().sorted().toList());
    }

    private String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            faults.add("", "the query holds a broken percent sequence");
            return "";
        }
    }

    /** The text of a parameter; an empty one reads as absent, as forms send them. */
    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    /** A time such as {@code 2026-01-31T09:30:00Z}, 1970 to 9999. */
    Optional<Instant> time(String name) {
        return text(name).flatMap(value -> {
            try {
                Instant time = Instant.parse(value);
                if (!time.isBefore(Instant.EPOCH) && !time.isAfter(LATEST)) {
                    return Optional.of(time);
                }
                faults.add(name, "must be in the years 1970 to 9999");
            } catch (DateTimeException e) {
                faults.add(name, "must be a time such as 2026-01-31T09:30:00Z");
            }
            return Optional.empty();
        });
    }

    /** A whole number of the given range. */
    Optional<Long> number(String name, long least, long most) {
        return text(name).flatMap(value -> {
            try {
                long number = Long.parseLong(value);
                if (number >= least && number <= most) {
                    return Optional.of(number);
                }
            } catch (NumberFormatException e) {
                // Told below, as a number out of range is.
            }
            faults.add(name, "must be a whole number from " + least + " to " + most);
            return Optional.empty();
        });
    }

    /** The text form of a key, as an earlier page gave it. */
    Optional<Key> key(String name) {
        return text(name).flatMap(value -> {
            try {
                return Optional.of(Key.parse(value));
            } catch (IllegalArgumentException e) {
                faults.add(name, "must be what an earlier page gave as next");
                return Optional.empty();
            }
        });
    }

    /** One of the given words. */
    Optional<String> word(String name, List<String> words) {
        return text(name).filter(value -> {
            boolean known = words.contains(value);
            if (!known) {
                faults.add(name, "must be one of " + String.join(", ", words));
            }
            return known;
        });
    }
}

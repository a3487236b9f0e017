package dev.sluice.redis;

import java.util.Map;

/**
 * A subject whose level is read from Redis.
 *
 * @param text its name
 * @param parts what its name is made of; the same subject has the same parts
 */
record WatchedSubject(String text, Map<String, String> parts) {
    @Override
    public boolean equals(Object other) {
        return other instanceof WatchedSubject same && same.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}

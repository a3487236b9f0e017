package dev.sluice.server.takeover;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sluice.StoreException;
import dev.sluice.redis.ExpiringNames;
import dev.sluice.redis.NameTemplate;
import dev.sluice.redis.RedisSettings;
import dev.sluice.server.feed.FeedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Keys of a Redis; the time that one has left is that until the end of its window. */
final class RedisFindings implements Findings {
    private static final String SUBJECT = "subject";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ExpiringNames names;
    private final NameTemplate template;
    private final Deque<ExpiringNames.Found> page = new ArrayDeque<>();

    private RedisFindings(ExpiringNames names, NameTemplate template) {
        this.names = names;
        this.template = template;
    }

    /** @throws FeedException if the server is not there, or refuses */
    static RedisFindings open(String url, String pattern, NameTemplate template) throws FeedException {
        try {
            RedisSettings settings = RedisSettings.STANDARD.withTimeout(PATIENCE);
            return new RedisFindings(ExpiringNames.open(url, settings, pattern), template);
        } catch (StoreException | IllegalArgumentException e) {
            throw new FeedException(String.valueOf(e.getMessage()));
        }
    }

    /**
     * How the names that fit a pattern hold the subject, where nothing else is said: it is what the one asterisk stands for.
     *
     * @throws IllegalArgumentException if the pattern does not say it
     */
    static NameTemplate template(String pattern) {
        boolean plain = pattern.chars().filter(c -> c == '*').count() == 1 && !pattern.matches(".*[?\\[\\]\\\\^].*");
        if (!plain) {
            throw new IllegalArgumentException(
                    "has not one asterisk alone; say by --subject what the subject is, as in 'sent:<subject>'");
        }
        return NameTemplate.of(pattern.replace("*", "<" + SUBJECT + ">"));
    }

    @Override
    public Optional<Finding> next() throws FeedException {
        try {
            Optional<List<ExpiringNames.Found>> more = Optional.of(List.of());
            while (page.isEmpty() && more.isPresent()) {
                more = names.next();
                more.ifPresent(page::addAll);
            }
        } catch (StoreException e) {
            throw new FeedException(String.valueOf(e.getMessage()));
        }
        return Optional.ofNullable(page.poll()).map(this::finding);
    }

    private Finding finding(ExpiringNames.Found found) {
        String where = "key '" + found.name() + "'";
        Optional<Map<String, String>> parts = template.read(found.name());
        if (found.left().isEmpty()) {
            return new Finding.Endless(found.name());
        } else if (parts.isEmpty()) {
            return new Finding.Bad(where, "is not of the form " + template);
        }
        String subject = subject(parts.get());
        String json = JsonNodeFactory.instance
                .objectNode()
                .put(SUBJECT, subject)
                .put("endsIn", found.left().get().toMillis())
                .toString();
        return new Finding.Live(where, subject, Finding.Kind.TOLD, json);
    }

    /** The part of that name; else all parts, in their order, with colons between them. */
    private String subject(Map<String, String> parts) {
        return parts.containsKey(SUBJECT)
                ? parts.get(SUBJECT)
                : String.join(":", template.parts().stream().map(parts::get).toList());
    }

    /** A server counts all of its keys, and not those that fit. */
    @Override
    public OptionalLong size() {
        return OptionalLong.empty();
    }

    @Override
    public void close() {
        names.close();
    }
}

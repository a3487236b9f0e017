package dev.sluice.server.scan;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is known to be held until some time, so that it need not be offered at each scan. It may be wrong for a while, when
 * somebody else armed the key: then it is offered a little later. Bounded. Safe for use by many threads.
 */
final class Resting {
    /** For how long it is believed, in microseconds. */
    private static final long BELIEVED = 600_000_000L;

    private static final int MOST = 1_000_000;

    private final Map<String, Rest> rests = new ConcurrentHashMap<>();

    private record Rest(String content, long until, long asked) {}

    /** Whether the candidate need not be offered at {@code now}. */
    boolean rests(Candidate candidate, long now) {
        Rest rest = rests.get(candidate.user());
        return rest != null
                && rest.content.equals(candidate.content())
                && now < rest.until
                && now - rest.asked < BELIEVED;
    }

    /** It was held at {@code now}, and will be until {@code until}. */
    void held(Candidate candidate, long until, long now) {
        if (rests.size() < MOST || rests.containsKey(candidate.user())) {
            rests.put(candidate.user(), new Rest(candidate.content(), until, now));
        }
    }

    /** How it stands is not known: the next scan reads it again, whatever it looks at, and offers it. */
    void soon(String user) {
        if (rests.size() < MOST || rests.containsKey(user)) {
            rests.put(user, new Rest("", Long.MIN_VALUE, 0));
        }
    }

    /** Those whose time is over at {@code now}, which are forgotten: they are to be read again. */
    List<String> over(long now) {
        List<String> over = rests.entrySet().stream()
                .filter(each -> each.getValue().until <= now)
                .map(Map.Entry::getKey)
                .toList();
        over.forEach(rests::remove);
        return over;
    }
}

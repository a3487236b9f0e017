package dev.sluice.server.dedupe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says which entries of one user and content are duplicates. Given the sent ones first, then the others, each in order
 * of time. What stays is decided by what stays alone, so it is the same whichever duplicates are gone already. It
 * remembers what stays and was sent: one entry in each window. For one thread.
 */
final class Judge {
    private final long window;
    private final List<Kept> sent = new ArrayList<>();
    private Optional<Kept> lastUnsent = Optional.empty();
    private int near;

    /** An entry that stays. */
    private record Kept(String id, long at) {}

    /** What an entry that goes repeats, and why. */
    record Verdict(Why why, String kept) {}

    /** @param window in microseconds; two entries exactly that far apart are no duplicates */
    Judge(long window) {
        this.window = window;
    }

    /** Forgets all, for the next user or content. */
    void begin() {
        sent.clear();
        lastUnsent = Optional.empty();
        near = 0;
    }

    /**
     * What is wrong with the next entry; empty if it stays.
     *
     * @param at in microseconds since any moment
     */
    Optional<Verdict> judge(String id, boolean wasSent, long at) {
        return wasSent ? judgeSent(id, at) : judgeUnsent(id, at);
    }

    private Optional<Verdict> judgeSent(String id, long at) {
        if (!sent.isEmpty() && at - sent.get(sent.size() - 1).at() < window) {
            return Optional.of(
                    new Verdict(Why.SENT_AGAIN, sent.get(sent.size() - 1).id()));
        }
        sent.add(new Kept(id, at));
        return Optional.empty();
    }

    private Optional<Verdict> judgeUnsent(String id, long at) {
        while (near < sent.size() && at - sent.get(near).at() >= window) {
            near++;
        }
        if (near < sent.size() && sent.get(near).at() - at < window) {
            return Optional.of(
                    new Verdict(Why.UNSENT_BESIDE_SENT, sent.get(near).id()));
        }
        Optional<Kept> before = lastUnsent.filter(kept -> at - kept.at() < window);
        if (before.isPresent()) {
            return Optional.of(new Verdict(Why.UNSENT_AGAIN, before.get().id()));
        }
        lastUnsent = Optional.of(new Kept(id, at));
        return Optional.empty();
    }
}

package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Micros;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The open episodes as this process knows them, and what it counted of them and has not written yet. Safe for use by many
 * threads; one at a time {@linkplain #begin reads it anew}.
 */
final class EpisodeMirror {
    private final int most;
    private final Map<Key, Known> known = new ConcurrentHashMap<>();

    /** Closed here, and possibly still open to a read that began before. */
    private final Set<Long> closed = ConcurrentHashMap.newKeySet();

    /** Counted, and to be written for whoever is known no longer or could not be written before. */
    private final Map<Long, EpisodeRows.Unwritten> left = new HashMap<>();

    private volatile boolean complete = true;
    private final AtomicLong reading = new AtomicLong();

    /** @param most how many it holds */
    EpisodeMirror(int most) {
        this.most = most;
    }

    /** Whether what is not known is not open, as far as the last read goes. */
    boolean isComplete() {
        return complete;
    }

    Optional<EpisodeRows.Row> find(Key key) {
        return Optional.ofNullable(known.get(key)).map(Known::row);
    }

    /** The episode of a key with what was counted since. */
    Optional<Episode> counted(Key key) {
        return Optional.ofNullable(known.get(key))
                .map(each -> each.counted(each.row().episode()));
    }

    /** An episode as it is stored, with what was counted since. */
    Episode counted(Episode stored) {
        Known episode = known.get(stored.key());
        return episode == null || episode.row().id() != stored.id() ? stored : episode.counted(stored);
    }

    /** An episode that is open; beyond the bound it is not kept. */
    void put(EpisodeRows.Row row) {
        known.compute(row.key(), (key, before) -> {
            if (before != null && before.row().id() == row.id()) {
                before.now(row, reading.get());
                return before;
            }
            leave(before);
            if (before == null && known.size() >= most) {
                complete = false;
                return null;
            }
            return new Known(row, reading.get());
        });
    }

    /** Counts a check of an episode; false if it is not known. */
    boolean count(Key key, boolean held, long now) {
        Known counted = known.computeIfPresent(key, (same, episode) -> {
            episode.count(held, now);
            return episode;
        });
        return counted != null;
    }

    /** The episode of a key is over. */
    void remove(Key key, long id) {
        known.computeIfPresent(key, (same, episode) -> {
            if (episode.row().id() != id) {
                return episode;
            }
            closed.add(id);
            leave(episode);
            return null;
        });
    }

    private void leave(@Nullable Known episode) {
        if (episode != null) {
            episode.take().ifPresent(counted -> giveBack(List.of(counted)));
        }
    }

    /** Takes what was counted of a key; whoever took it writes it, or {@linkplain #giveBack gives it back}. */
    Optional<EpisodeRows.Counted> take(Key key) {
        return Optional.ofNullable(known.get(key)).flatMap(Known::take);
    }

    /** As {@link #take}, of all keys. */
    List<EpisodeRows.Counted> takeAll() {
        List<EpisodeRows.Counted> all = new ArrayList<>();
        known.values().forEach(episode -> episode.take().ifPresent(all::add));
        synchronized (left) {
            left.forEach((id, unwritten) -> all.add(new EpisodeRows.Counted(id, unwritten)));
            left.clear();
        }
        return all;
    }

    /** What was taken could not be written. */
    void giveBack(Collection<EpisodeRows.Counted> all) {
        synchronized (left) {
            all.forEach(each -> left.merge(each.episode(), each.unwritten(), EpisodeRows.Unwritten::plus));
        }
    }

    /** A read of all that are open begins. */
    Reading begin() {
        return new Reading(reading.incrementAndGet(), Set.copyOf(closed));
    }

    /** A read that is under way: what is put or removed here in the meantime is newer. */
    final class Reading {
        private final long number;
        private final Set<Long> closedBefore;

        private Reading(long number, Set<Long> closedBefore) {
            this.number = number;
            this.closedBefore = closedBefore;
        }

        /** @param rows those that are open; one more than are held, if there are more */
        void end(List<EpisodeRows.Row> rows) {
            rows.stream().filter(row -> !closed.contains(row.id())).forEach(EpisodeMirror.this::put);
            Set<Long> open = rows.stream().map(EpisodeRows.Row::id).collect(Collectors.toSet());
            boolean all = rows.size() <= most;
            known.forEach((key, episode) -> {
                if (all
                        && episode.isOlderThan(number)
                        && !open.contains(episode.row().id())) {
                    remove(key, episode.row().id());
                }
            });
            closed.removeAll(closedBefore);
            complete = all;
        }
    }

    /** One episode. */
    private static final class Known {
        private EpisodeRows.Row row;
        private long putIn;
        private long checks;
        private long held;
        private long lastSeen;

        Known(EpisodeRows.Row row, long reading) {
            this.row = row;
            this.putIn = reading;
        }

        synchronized EpisodeRows.Row row() {
            return row;
        }

        synchronized void now(EpisodeRows.Row other, long reading) {
            row = other;
            putIn = reading;
        }

        /** Whether nobody put it here since the read of this number began. */
        synchronized boolean isOlderThan(long reading) {
            return putIn < reading;
        }

        synchronized void count(boolean wasHeld, long now) {
            checks++;
            held += wasHeld ? 1 : 0;
            lastSeen = Math.max(lastSeen, now);
        }

        synchronized Optional<EpisodeRows.Counted> take() {
            if (checks == 0) {
                return Optional.empty();
            }
            Episode.Counts counts = new Episode.Counts(checks, held);
            checks = 0;
            held = 0;
            return Optional.of(new EpisodeRows.Counted(row.id(), new EpisodeRows.Unwritten(counts, lastSeen)));
        }

        synchronized Episode counted(Episode stored) {
            return checks == 0 ? stored : stored.counting(new Episode.Counts(checks, held), Micros.instant(lastSeen));
        }
    }
}

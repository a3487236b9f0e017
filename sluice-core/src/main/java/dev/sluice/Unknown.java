package dev.sluice;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Offers that were answered without the store although the store may have taken them. Safe for use by many threads. */
final class Unknown {
    private final Room room;
    private final Map<Name, Asked> offers = new ConcurrentHashMap<>();

    /** @param room so many are looked up: where a key cannot be asked about for long, each of its offers comes here */
    Unknown(Room room) {
        this.room = room;
    }

    private record Name(Key key, long id) {
        static Name of(Asked asked) {
            return new Name(asked.command().key(), asked.id());
        }
    }

    /** Says whether there was room. */
    boolean add(Asked asked) {
        if (!room.take()) {
            return false;
        }
        if (offers.put(Name.of(asked), asked) != null) {
            room.giveBack(1);
        }
        return true;
    }

    /**
     * The one that passed here under the same id. One that did not is no longer unknown: whoever offers it again learns
     * from the store what became of it.
     */
    Optional<Asked> passed(Key key, long id) {
        if (offers.isEmpty()) {
            return Optional.empty();
        }
        Name name = new Name(key, id);
        Optional<Asked> before = Optional.ofNullable(offers.get(name));
        if (before.isPresent() && !before.get().passed()) {
            remove(before.get());
        }
        return before.filter(Asked::passed);
    }

    private boolean remove(Asked asked) {
        boolean removed = offers.remove(Name.of(asked), asked);
        if (removed) {
            room.giveBack(1);
        }
        return removed;
    }

    /** Takes out those about which nothing more is to come from the store by itself. */
    List<Asked> takeEnded() {
        return offers.values().stream()
                .filter(asked -> asked.isEnded() && remove(asked))
                .toList();
    }

    /** Takes out all. */
    List<Asked> takeAll() {
        return offers.values().stream().filter(this::remove).toList();
    }

    /** How many of them the store must know of. */
    long owed() {
        return offers.values().stream().filter(Asked::isOwed).count();
    }
}

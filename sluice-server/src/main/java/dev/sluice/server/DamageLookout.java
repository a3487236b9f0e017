package dev.sluice.server;

import dev.sluice.Key;
import dev.sluice.outbox.Outbox;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Keys whose stored state cannot be read. */
final class DamageLookout implements Lookout {
    private final Outbox outbox;
    private final Set<String> told = new HashSet<>();

    DamageLookout(Outbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public void look(Consumer<Notice> tell) {
        outbox.damaged().forEach((key, what) -> {
            if (!told.contains(key)) {
                tell.accept(notice(key, what));
                told.add(key);
            }
        });
    }

    private static Notice notice(String key, String what) {
        return new Notice(
                Notice.Kind.DAMAGED,
                Key.parse(key).flow(),
                "damaged-" + key,
                Notice.Tone.WRONG,
                "The stored state of a key cannot be read",
                "Key: " + key + "\nFound: " + what
                        + "\nIts occurrences are answered with 503 until its row, or its key in Redis, is put right or deleted, as"
                        + " docs/stores.md says; all other keys go on.");
    }
}

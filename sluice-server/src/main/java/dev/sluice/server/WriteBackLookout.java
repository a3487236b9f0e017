package dev.sluice.server;

import dev.sluice.outbox.Outbox;
import dev.sluice.outbox.WriteBackProgress;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Tables of the user's that cannot be kept filled. */
final class WriteBackLookout implements Lookout {
    private final Outbox outbox;
    private final Map<String, Long> seen = new HashMap<>();

    WriteBackLookout(Outbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public void look(Consumer<Notice> tell) {
        for (WriteBackProgress each : outbox.writeBacks()) {
            if (each.failure().isPresent() && each.failed() > seen.getOrDefault(each.flow(), 0L)) {
                tell.accept(notice(each, each.failure().get()));
                seen.put(each.flow(), each.failed());
            }
        }
    }

    /** By its id once in 24 h, however often it fails. */
    private static Notice notice(WriteBackProgress progress, String why) {
        return new Notice(
                Notice.Kind.WRITE_BACK,
                progress.flow(),
                "write-back-" + progress.flow(),
                Notice.Tone.WRONG,
                "What becomes of messages of " + progress.flow() + " cannot be written back",
                "Flow: " + progress.flow() + "\nWhy: " + why
                        + "\nMessages go out all the same. Each statement is tried again for 7 days, and dropped then.");
    }
}

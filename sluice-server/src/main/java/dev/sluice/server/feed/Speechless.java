package dev.sluice.server.feed;

import java.util.List;
import java.util.Optional;

/** Notices when nothing that was read had a message, so that all of it became one subject. For one thread. */
final class Speechless {
    private Optional<Item.Occurrence> first = Optional.empty();
    private boolean heard;

    void add(Item.Occurrence occurrence) {
        if (!heard) {
            heard = Subjects.speaks(occurrence);
            first = first.or(() -> Optional.of(occurrence));
        }
    }

    /** What to say about it; empty if there is nothing to say. */
    Optional<String> warning(Source source) {
        return first.filter(occurrence -> !heard).map(occurrence -> {
            List<String> names = source.columns().isEmpty() ? Subjects.names(occurrence) : source.columns();
            return "No row has a 'message', which tells one error from another: name its column with --map"
                    + " message=COLUMN. There are: " + String.join(", ", names);
        });
    }
}

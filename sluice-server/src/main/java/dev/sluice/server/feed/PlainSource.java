package dev.sluice.server.feed;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Every line that is not blank is the message of an occurrence. */
final class PlainSource implements Source {
    private static final Mapping MESSAGE = new Mapping(Map.of("message", "line"));

    private final LineReader lines;

    PlainSource(LineReader lines) {
        this.lines = lines;
    }

    @Override
    public Optional<Item> next() throws IOException {
        return lines.nextWritten().map(PlainSource::item);
    }

    @Override
    public boolean idle() throws IOException {
        return lines.idle();
    }

    private static Item item(LineReader.Line line) {
        return line.whole()
                ? new Item.Occurrence(line.number(), MESSAGE.occurrence(Map.of("line", line.text())))
                : new Item.Bad(line.number(), "longer than " + LineReader.MOST + " characters");
    }
}

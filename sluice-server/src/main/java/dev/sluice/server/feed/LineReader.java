package dev.sluice.server.feed;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Reads lines without ever holding one that is too long. Lines end with a line feed, a carriage return before it is dropped. */
final class LineReader {
    /** Longest line in characters. */
    static final int MOST = 200_000;

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final Reader reader;
    private final char[] buffer = new char[16_384];
    private int at;
    private int end;
    private long number;
    private final Deque<Line> returned = new ArrayDeque<>();

    LineReader(Reader reader) {
        this.reader = reader;
    }

    /**
     * A line.
     *
     * @param number from 1
     * @param text without its end; if it is too long, its beginning
     * @param whole whether the text is all of it
     */
    record Line(long number, String text, boolean whole) {}

    /** The next line that is not blank; empty at the end. */
    Optional<Line> nextWritten() throws IOException {
        Optional<Line> line = next();
        while (line.isPresent() && line.get().text().isBlank()) {
            line = next();
        }
        return line;
    }

    /** The next line; empty at the end. */
    Optional<Line> next() throws IOException {
        if (!returned.isEmpty()) {
            return Optional.of(returned.removeFirst());
        } else if (at == end && !fill()) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder();
        boolean whole = read(text);
        if (text.length() > 0 && text.charAt(text.length() - 1) == '\r') {
            text.setLength(text.length() - 1);
        }
        if (++number == 1 && text.length() > 0 && text.charAt(0) == BYTE_ORDER_MARK) {
            text.deleteCharAt(0);
        }
        return Optional.of(new Line(number, text.toString(), whole));
    }

    /** Whether the next line, or its end, has yet to be written by somebody. */
    boolean idle() throws IOException {
        return returned.isEmpty() && at == end && !reader.ready();
    }

    /** The line will be read again, before those that were put back earlier. */
    void putBack(Line line) {
        returned.addFirst(line);
    }

    private boolean read(StringBuilder text) throws IOException {
        boolean whole = true;
        do {
            int stop = at;
            while (stop < end && buffer[stop] != '\n') {
                stop++;
            }
            int room = Math.min(stop - at, MOST - text.length());
            whole &= room == stop - at;
            text.append(buffer, at, room);
            at = stop;
        } while (at == end && fill());
        if (at < end) {
            at++;
        }
        return whole;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, reader.read(buffer));
        return end > 0;
    }
}

package dev.sluice.server.http;

import io.vertx.core.buffer.Buffer;

/** Cuts a stream of bytes into lines, and keeps no more of a line than the limit. */
final class LineSplitter {
    private final int limit;
    private final Lines lines;
    private Buffer rest = Buffer.buffer();
    private boolean skipping;
    private long number = 1;

    LineSplitter(int limit, Lines lines) {
        this.limit = limit;
        this.lines = lines;
    }

    /** Who takes the lines. */
    interface Lines {
        /** A line without its end; lines are numbered from 1. */
        void line(long number, byte[] bytes);

        /** A line that is longer than the limit. */
        void tooLong(long number);
    }

    void feed(Buffer chunk) {
        int start = 0;
        for (int i = 0; i < chunk.length(); i++) {
            if (chunk.getByte(i) == '\n') {
                add(chunk, start, i);
                end();
                start = i + 1;
            }
        }
        add(chunk, start, chunk.length());
    }

    /** The number of the line that comes next, or of which a part came. */
    long number() {
        return number;
    }

    /** Whether a part of a line came. */
    boolean inLine() {
        return skipping || rest.length() > 0;
    }

    /** The stream is over; a last line needs no end. */
    void finish() {
        if (inLine()) {
            end();
        }
    }

    private void add(Buffer chunk, int start, int end) {
        if (skipping) {
            return;
        }
        if (rest.length() + end - start > limit) {
            skipping = true;
            rest = Buffer.buffer();
        } else if (end > start) {
            rest.appendBuffer(chunk, start, end - start);
        }
    }

    private void end() {
        if (skipping) {
            lines.tooLong(number);
        } else if (!isBlank(rest)) {
            lines.line(number, rest.getBytes());
        }
        rest = Buffer.buffer();
        skipping = false;
        number++;
    }

    private static boolean isBlank(Buffer line) {
        for (int i = 0; i < line.length(); i++) {
            if (line.getByte(i) > ' ' || line.getByte(i) < 0) {
                return false;
            }
        }
        return true;
    }
}

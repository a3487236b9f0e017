package dev.sluice.server.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Answers NDJSON line by line, in order, while it comes. Reads no further while too many lines wait for their decision,
 * or the caller does not read the answers. A bad line is answered by a problem with its number; the others go on. Bytes
 * that do not become a line in time end the stream: what came before is answered, then the connection is closed.
 */
final class LineStream implements LineSplitter.Lines, Arrivals.Body {
    /** Lines that may wait for a decision before reading stops. */
    private static final int MOST_WAITING = 256;

    private static final byte[] NEWLINE = {'\n'};

    private final Exchange exchange;
    private final Line api;
    private final LineSplitter splitter;
    private final Deque<Slot> waiting = new ArrayDeque<>();
    private boolean paused;
    private boolean allRead;
    private boolean late;
    private boolean draining;
    private int lines;

    LineStream(Exchange exchange, Line api, int maxLine) {
        this.exchange = exchange;
        this.api = api;
        this.splitter = new LineSplitter(maxLine, this);
    }

    /** What is done with a line. */
    interface Line {
        /**
         * Begins to answer.
         *
         * @param number of the line, from 1
         * @throws Refusal if the line is none of these
         */
        CompletionStage<Json.Body> answer(long number, byte[] line);

        /** All lines were answered. */
        void end();
    }

    /** The answer to one line, once it is there. */
    private static final class Slot {
        private Optional<byte[]> answer = Optional.empty();
    }

    void begin() {
        exchange.invite();
        exchange.head(200, OccurrenceApi.MANY);
        HttpServerResponse response = exchange.response();
        response.setChunked(true);
        response.exceptionHandler(failure -> gone());
        response.drainHandler(nothing -> drain());
        exchange.request().exceptionHandler(failure -> gone());
        exchange.request().handler(this::read);
        exchange.request().endHandler(end -> {
            if (!late) {
                exchange.arrivals().ended(this);
                splitter.finish();
                allRead = true;
                drain();
            }
        });
    }

    private void gone() {
        exchange.arrivals().ended(this);
        waiting.clear();
    }

    private void read(Buffer chunk) {
        if (late) {
            return;
        }
        int before = lines;
        splitter.feed(chunk);
        // Empty lines are none: whoever sends only these is as slow as one who sends nothing.
        if (lines > before) {
            exchange.arrivals().ended(this);
        }
        if (lines == before || splitter.inLine()) {
            expectLine();
        }
        drain();
    }

    /** From now on a line must come, unless one is expected already. */
    private void expectLine() {
        if (!exchange.arrivals().expects(this)) {
            exchange.arrivals().begun(this);
        }
    }

    @Override
    public void expire() {
        late = true;
        allRead = true;
        Slot slot = new Slot();
        slot.answer = Optional.of(
                problem(splitter.number(), new Problem(Problem.Kind.TIMEOUT, "the line did not arrive in time")));
        waiting.add(slot);
        drain();
    }

    @Override
    public void line(long number, byte[] bytes) {
        lines++;
        Slot slot = new Slot();
        waiting.add(slot);
        try {
            exchange.when(
                    api.answer(number, bytes),
                    body -> answered(slot, Json.object(body)),
                    problem -> answered(slot, problem(number, problem)));
        } catch (RuntimeException e) {
            slot.answer = Optional.of(problem(number, Exchange.problemOf(e)));
        }
    }

    @Override
    public void tooLong(long number) {
        lines++;
        Slot slot = new Slot();
        slot.answer = Optional.of(problem(number, new Problem(Problem.Kind.TOO_LARGE, "the line is over the limit")));
        waiting.add(slot);
    }

    private static byte[] problem(long number, Problem problem) {
        return Json.object(json -> {
            json.writeNumberField("line", number);
            problem.write(json);
        });
    }

    private void answered(Slot slot, byte[] answer) {
        slot.answer = Optional.of(answer);
        if (waiting.peek() == slot && !draining) {
            draining = true;
            exchange.soon(this::drain);
        }
    }

    /** Writes the answers that are next in order, and stops or goes on reading. */
    private void drain() {
        draining = false;
        HttpServerResponse response = exchange.response();
        if (response.closed() || response.ended()) {
            return;
        }
        Buffer ready = Buffer.buffer();
        for (Slot next = waiting.peek(); next != null && next.answer.isPresent(); next = waiting.peek()) {
            ready.appendBytes(next.answer.get()).appendBytes(NEWLINE);
            waiting.remove();
        }
        if (ready.length() > 0) {
            response.write(ready);
        }
        if (allRead && waiting.isEmpty()) {
            api.end();
            end(response);
        } else {
            pace(waiting.size() > MOST_WAITING || response.writeQueueFull());
        }
    }

    private void end(HttpServerResponse response) {
        if (late) {
            response.end().onComplete(done -> exchange.request().connection().close());
        } else {
            response.end();
        }
    }

    private void pace(boolean pause) {
        if (pause && !paused) {
            // Nobody is late with what is not being read.
            exchange.arrivals().ended(this);
            exchange.request().pause();
        } else if (!pause && paused) {
            if (splitter.inLine() && !late) {
                expectLine();
            }
            exchange.request().resume();
        }
        paused = pause;
    }
}

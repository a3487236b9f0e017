package dev.sluice.sql;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** What a class says in the log while this is open. */
final class Warnings extends Handler implements AutoCloseable {
    private final Logger logger;
    private final List<String> said = new CopyOnWriteArrayList<>();

    Warnings(Class<?> speaker) {
        logger = Logger.getLogger(speaker.getName());
        logger.addHandler(this);
    }

    List<String> said() {
        return said;
    }

    @Override
    public void publish(LogRecord record) {
        said.add(new SimpleFormatter().formatMessage(record));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}

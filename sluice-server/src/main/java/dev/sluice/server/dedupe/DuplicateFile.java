package dev.sluice.server.dedupe;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.writer.CsvWriter;
import dev.sluice.server.feed.FeedException;
import dev.sluice.server.text.SafeText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Which rows are duplicates, as comma-separated values: on the disk before anything is changed, and never written over,
 * so that it tells of them when they are gone. For one thread.
 */
final class DuplicateFile implements Consumer<Duplicate>, AutoCloseable {
    private static final int MOST_TEXT = 1_000;
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long NANOS_PER_MICRO = 1_000;

    private final Path file;
    private final FileChannel channel;
    private final CsvWriter writer;

    private DuplicateFile(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
        this.writer = CsvWriter.builder().build(Channels.newWriter(channel, StandardCharsets.UTF_8));
        writer.writeRecord("id", "user", "content", "at", "kept", "why");
    }

    /**
     * Begins a file.
     *
     * @throws FeedException if there is one already, or there cannot be one
     */
    static DuplicateFile create(Path file) throws FeedException {
        try {
            return new DuplicateFile(
                    file, FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (FileAlreadyExistsException e) {
            throw new FeedException("--csv: there is a file " + file + " already; it may be all that tells of rows that"
                    + " were removed, so name another one");
        } catch (IOException | UncheckedIOException e) {
            throw failed(file, e);
        }
    }

    private static FeedException failed(Path file, Exception failure) {
        return new FeedException("--csv: cannot write " + file + ": " + failure.getMessage());
    }

    /** @throws UncheckedIOException if it cannot be written */
    @Override
    public void accept(Duplicate duplicate) {
        writer.writeRecord(
                duplicate.id(),
                SafeText.escaped(duplicate.user(), MOST_TEXT),
                SafeText.escaped(duplicate.content(), MOST_TEXT),
                time(duplicate.at()),
                duplicate.kept(),
                duplicate.why().text());
    }

    private static String time(long micros) {
        long second = Math.floorDiv(micros, MICROS_PER_SECOND);
        long nanos = Math.floorMod(micros, MICROS_PER_SECOND) * NANOS_PER_MICRO;
        return LocalDateTime.ofEpochSecond(second, (int) nanos, ZoneOffset.UTC).toString();
    }

    /** Puts all of it on the disk. */
    void finish() throws FeedException {
        try {
            writer.flush();
            channel.force(true);
            writer.close();
        } catch (IOException | UncheckedIOException e) {
            throw failed(file, e);
        }
    }

    /** What is done with some of the rows. */
    interface Batch {
        /** The ids of those that say they were sent, and of the others. */
        void take(List<String> sent, List<String> unsent) throws FeedException;
    }

    /** Goes through what is in it, {@code most} at a time. */
    void read(int most, Batch batch) throws FeedException {
        List<String> sent = new ArrayList<>();
        List<String> unsent = new ArrayList<>();
        try (CsvReader<CsvRecord> rows = CsvReader.builder().ofCsvRecord(file)) {
            boolean header = true;
            for (CsvRecord row : rows) {
                if (!header) {
                    boolean wasSent = row.getField(row.getFieldCount() - 1).equals(Why.SENT_AGAIN.text());
                    (wasSent ? sent : unsent).add(row.getField(0));
                }
                header = false;
                if (sent.size() + unsent.size() == most) {
                    take(batch, sent, unsent);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw failed(file, e);
        }
        take(batch, sent, unsent);
    }

    private static void take(Batch batch, List<String> sent, List<String> unsent) throws FeedException {
        if (!sent.isEmpty() || !unsent.isEmpty()) {
            batch.take(List.copyOf(sent), List.copyOf(unsent));
            sent.clear();
            unsent.clear();
        }
    }

    /** Takes away what is not whole, and of which nothing was changed. */
    void discard() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Then its name is taken, and the next run says so.
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // What matters was forced before.
        }
    }
}

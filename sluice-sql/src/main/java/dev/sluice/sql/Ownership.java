package dev.sluice.sql;

import dev.sluice.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The right to use a database file: a lock on a file beside it, which the operating system takes back when the process
 * dies, whatever it dies of. The file stays; only the lock on it counts.
 */
final class Ownership implements AutoCloseable {
    /** The lock lies behind the text, so that the text can be read where locks also keep readers away. */
    private static final long LOCKED_BYTE = 1L << 32;

    private final FileChannel channel;
    private final String name;

    private Ownership(FileChannel channel, String name) {
        this.channel = channel;
        this.name = name;
    }

    /**
     * Takes the right to use {@code database}.
     *
     * @throws StoreException if somebody has it, or the file cannot be written
     */
    static Ownership of(Path database) {
        Path file = database.resolveSibling(database.getFileName() + ".lock");
        String name = "dev.sluice.sql.open:" + file;
        if (!claimInProcess(name)) {
            throw new StoreException(database + " is already open in this process; use the store that has it open");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (channel.tryLock(LOCKED_BYTE, 1, false) == null) {
                throw inUse(database, file);
            }
            sign(channel);
            return new Ownership(channel, name);
        } catch (IOException e) {
            release(channel, name);
            throw new StoreException("cannot write " + file + "; check the permissions of its directory", e);
        } catch (RuntimeException e) {
            release(channel, name);
            throw e;
        }
    }

    /**
     * The lock of the operating system belongs to the whole process, and closing <em>any</em> channel on the file gives
     * it up; so a second attempt must not even open the file. System properties are what all class loaders share.
     */
    private static boolean claimInProcess(String name) {
        return System.getProperties().putIfAbsent(name, "true") == null;
    }

    private static StoreException inUse(Path database, Path file) throws IOException {
        String holder = Files.readString(file, StandardCharsets.UTF_8).trim();
        return new StoreException(database + " is in use by " + (holder.isEmpty() ? "another process" : holder)
                + "; stop that, or use another directory. One file has one process");
    }

    private static void sign(FileChannel channel) throws IOException {
        String text = "process " + ProcessHandle.current().pid() + "\n";
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), 0);
    }

    private static void release(@Nullable FileChannel channel, String name) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // The descriptor is gone in any case, and the lock with it.
        } finally {
            System.getProperties().remove(name);
        }
    }

    @Override
    public void close() {
        release(channel, name);
    }
}

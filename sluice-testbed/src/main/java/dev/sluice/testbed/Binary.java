package dev.sluice.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A program that lies in a jar, unpacked once per user of the machine. */
final class Binary {
    private Binary() {}

    /**
     * The path of the program; two processes that unpack it at once both get a whole file.
     *
     * @param resource name of a resource that never changes its content, so it holds a version
     */
    static Path unpacked(String resource) {
        try (InputStream from = Binary.class.getResourceAsStream("/" + resource)) {
            if (from == null) {
                throw new IllegalStateException(
                        "no " + resource + " is on the class path; name an outside server for the tests instead");
            }
            Path to = folder().resolve(resource);
            return Files.isExecutable(to) ? to : unpack(from, to);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack " + resource, e);
        }
    }

    private static Path unpack(InputStream from, Path to) throws IOException {
        Path part = Files.createTempFile(folder(), "part", "");
        Files.copy(from, part, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** A folder that nobody else can write to: what lies in it is run. */
    static Path folder() throws IOException {
        Path temp = Path.of(System.getProperty("java.io.tmpdir"));
        Path folder = temp.resolve("sluice-testbed-" + System.getProperty("user.name"));
        try {
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            requirePrivate(folder);
        }
        return folder;
    }

    private static void requirePrivate(Path folder) throws IOException {
        boolean ours = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && Files.isWritable(folder)
                && PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))
                        .equals("rwx------");
        if (!ours) {
            throw new IOException(folder + " is not a folder of this user alone; remove it");
        }
    }
}

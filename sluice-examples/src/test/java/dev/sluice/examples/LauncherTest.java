package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, in a checkout whose Maven and whose Java only say what they were asked to do. */
class LauncherTest {
    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    private static final FileTime LATER = FileTime.from(Instant.parse("2040-01-01T00:00:00Z"));

    @TempDir
    Path root;

    @BeforeEach
    void checkout() throws IOException {
        Files.copy(Path.of("..", "sluice"), root.resolve("sluice"));
        script("sluice", Files.readString(root.resolve("sluice")));
        script("mvnw", """
                #!/bin/sh
                echo "$*" >>built
                case "$*" in *directory=example*) place=example ;; *) place=app ;; esac
                case "$*" in *"-pl sluice-examples"*) module=sluice-examples ;; *) module=sluice-server ;; esac
                : >"$module/target/$place/$module.jar"
                """);
        Files.createDirectories(root.resolve("jdk/bin"));
        Files.writeString(root.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
        script("jdk/bin/java", "#!/bin/sh\necho \"$*\"\n");
        script("jdk/bin/javac", "#!/bin/sh\n");
        source("pom.xml");
        for (String module : List.of("sluice-core", "sluice-server", "sluice-examples")) {
            source(module + "/pom.xml");
            source(module + "/src/main/Source.java");
        }
    }

    @Test
    void anExampleIsBuiltOnceAndApartFromTheServer() throws Exception {
        assertThat(run("example", "error-flood", "--plain"))
                .endsWith("-jar " + real("sluice-examples/target/example/sluice-examples.jar")
                        + " error-flood --plain\n");
        run("example");

        assertThat(built()).hasSize(1).first().asString().contains("-pl sluice-examples", "-Dapp.directory=example");
        assertThat(root.resolve("sluice-server/target/app")).doesNotExist();
    }

    @Test
    void everythingElseIsTheServer() throws Exception {
        assertThat(run("serve", "--http", "0"))
                .endsWith("-jar " + real("sluice-server/target/app/sluice-server.jar") + " serve --http 0\n");

        assertThat(built()).hasSize(1).first().asString().contains("-pl sluice-server", "-Dapp.directory=app");
    }

    @Test
    void whatIsStaleIsBuiltAgainAndAnExampleMakesNoServerStale() throws Exception {
        run("serve");
        run("example");
        Files.setLastModifiedTime(root.resolve("sluice-examples/src/main/Source.java"), LATER);
        run("serve");
        assertThat(built()).hasSize(2);

        run("example");
        assertThat(built()).hasSize(3).last().asString().contains("-pl sluice-examples");

        Files.setLastModifiedTime(root.resolve("sluice-core/src/main/Source.java"), LATER);
        run("serve");
        assertThat(built()).hasSize(4).last().asString().contains("-pl sluice-server");
    }

    private String real(String path) throws IOException {
        return root.toRealPath().resolve(path).toString();
    }

    private List<String> built() throws IOException {
        return Files.readAllLines(root.resolve("built"));
    }

    private void source(String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
        Files.setLastModifiedTime(file, LONG_AGO);
    }

    private void script(String path, String text) throws IOException {
        Path file = Files.writeString(root.resolve(path), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String run(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(root.resolve("sluice").toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("JAVA_HOME", root.resolve("jdk").toString());
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return out;
    }
}

package dev.sluice.testbed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A process that cannot outlive this one: a shell between both waits at a pipe, which the kernel closes however this
 * process ends, and then kills its child and deletes the directory. A paused child is ended, too. What is done to the
 * child is done to its own children, which a database server has.
 */
final class TiedProcess {
    private static final int LAST_LINES = 40;

    private static final long TERM_SECONDS = 10;

    /** Numbers that it reads are children of the child that are paused; a word is the signal to end with. */
    private static final String SHELL = """
            log=$1; shift
            "$@" </dev/null >>"$log" 2>&1 &
            child=$!; paused=; signal=
            echo $child
            while read -r word; do
              case $word in
                [0-9]*) paused="$paused $word" ;;
                *) signal=$word; break ;;
              esac
            done
            kill -${signal:-KILL} $child 2>/dev/null
            kill -CONT $child $paused 2>/dev/null
            wait $child
            [ -n "$signal" ] || rm -rf "$PWD"
            """;

    private final Process shell;
    private final long pid;
    private final Path output;

    private TiedProcess(Process shell, long pid, Path output) {
        this.shell = shell;
        this.pid = pid;
        this.output = output;
    }

    /** Starts a command; what it writes is appended to {@code output}. */
    static TiedProcess start(List<String> command, Path directory, Path output) {
        List<String> all = new ArrayList<>(List.of("sh", "-c", SHELL, "sh", output.toString()));
        all.addAll(command);
        try {
            Process shell = new ProcessBuilder(all)
                    .directory(directory.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            BufferedReader said = shell.inputReader(StandardCharsets.UTF_8);
            return new TiedProcess(shell, Long.parseLong(said.readLine().trim()), output);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.get(0), e);
        }
    }

    long pid() {
        return pid;
    }

    /** Whether it runs or is paused. A child that ended by itself is a zombie until the shell takes notice. */
    boolean isAlive() {
        Optional<String> state =
                ProcessHandle.of(pid).filter(ProcessHandle::isAlive).map(it -> "running");
        return shell.isAlive() && state.isPresent();
    }

    /** Everything it wrote so far. */
    String output() {
        try {
            return Files.exists(output) ? Files.readString(output, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + output, e);
        }
    }

    /** The end of what it wrote, for a message. */
    String lastOutput() {
        List<String> lines = output().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    }

    /** Asks it to end and waits until it has; a process that does not listen is killed. */
    void stop() {
        stop("TERM");
    }

    /** As {@link #stop()}, with another signal. */
    void stop(String signal) {
        end(signal);
    }

    /** Ends it and its children with SIGKILL and waits until they are gone. */
    void kill() {
        List<ProcessHandle> children = children();
        end("KILL");
        children.forEach(ProcessHandle::destroyForcibly);
        children.forEach(child -> child.onExit().join());
    }

    /** The child first: then it makes no more children. */
    void pause() {
        signal("STOP", List.of(pid));
        List<Long> children = children().stream().map(ProcessHandle::pid).toList();
        if (!children.isEmpty()) {
            tell(children);
            signal("STOP", children);
        }
    }

    void resume() {
        List<Long> all =
                new ArrayList<>(children().stream().map(ProcessHandle::pid).toList());
        all.add(pid);
        signal("CONT", all);
    }

    private List<ProcessHandle> children() {
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::descendants)
                .toList();
    }

    private void tell(List<Long> paused) {
        try {
            OutputStream pipe = shell.getOutputStream();
            for (Long each : paused) {
                pipe.write((each + "\n").getBytes(StandardCharsets.UTF_8));
            }
            pipe.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the shell of process " + pid + " is gone", e);
        }
    }

    private static void signal(String name, List<Long> pids) {
        String all = pids.stream().map(String::valueOf).collect(Collectors.joining(" "));
        try {
            Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + all).start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("process " + all + " is not there to be sent SIG" + name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void end(String signal) {
        try {
            if (shell.isAlive()) {
                try (OutputStream pipe = shell.getOutputStream()) {
                    pipe.write((signal + "\n").getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                    // The shell is gone, and with it the child.
                }
            }
            if (!shell.waitFor(TERM_SECONDS, TimeUnit.SECONDS)) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                shell.waitFor();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while ending process " + pid, e);
        }
    }
}

package dev.sluice.server.config;

/**
 * One thing that is wrong with a configuration.
 *
 * @param source the file, environment variable or option that says it
 * @param line in the file, from 1; 0 if the source has no lines
 * @param path the value, such as {@code flows.errors.allow}; empty if it is about the source as a whole
 * @param what what is wrong; never shows a secret
 * @param instead what to write
 */
public record Mistake(String source, int line, String path, String what, String instead) {
    @Override
    public String toString() {
        String where = new Place(source, line) + ": " + (path.isEmpty() ? "" : path + ": ");
        return where + what + (instead.isEmpty() ? "" : "; " + instead);
    }
}

package dev.sluice.server.config;

/**
 * Where a value was written.
 *
 * @param source a file, an environment variable or an option of the command line
 * @param line counted from 1; 0 where the source has no lines
 */
record Place(String source, int line) {
    @Override
    public String toString() {
        return line == 0 ? source : source + ":" + line;
    }
}

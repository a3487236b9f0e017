package dev.sluice.examples;

import java.util.List;

/** A story that runs the real thing from end to end, and checks that it comes out as it is told. */
interface Example {
    /** What it is called on the command line. */
    String name();

    /** What it is about, in one line. */
    String headline();

    /** Which page of the console shows it best: a path without a slash before it. */
    default String page() {
        return "";
    }

    /**
     * Runs it, and shows what became of it.
     *
     * @return what did not come out as it should, a sentence each; empty if all is well
     * @throws Exception if it could not be run to its end
     */
    List<String> tell(Stage stage) throws Exception;
}

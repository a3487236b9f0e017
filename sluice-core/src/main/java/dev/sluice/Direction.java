package dev.sluice;

/** On which side of a boundary levels are bad. */
enum Direction {
    BELOW("below"),
    ABOVE("above");

    private final String word;

    Direction(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    /** Turns levels that are bad when high into such that are bad when low, and back. */
    double turn(double level) {
        return this == BELOW ? level : 0 - level;
    }
}

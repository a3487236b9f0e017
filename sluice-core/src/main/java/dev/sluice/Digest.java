package dev.sluice;

/** How the occurrences that were held in a window are told. */
public enum Digest {
    /** By a closing message of their own, when the window ends: the default for more than one per window. */
    AT_CLOSE,
    /** As "N held since ..." on the next pass: the default for one per window. */
    WITH_NEXT,
    /** Not at all; they are only counted, as kept. */
    OFF
}

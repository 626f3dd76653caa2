package io.github.djlnorm.samples.cli;

import java.nio.file.InvalidPathException;

/** A file name of letters that Java does not know in the locale that it was started in. */
final class UnreadableName {

    public static final String MESSAGE =
            "a file or folder has letters in its name that are unknown in this locale: set"
                    + " LC_ALL=C.UTF-8, or another locale of UTF-8, and try again";

    private UnreadableName() {}

    /** Whether a problem is such a name. */
    public static boolean isIn(Throwable problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            // Java gives the same exception for letters that no name can have, as on Windows.
            if (cause instanceof InvalidPathException e && e.getReason().startsWith("Malformed")) {
                return true;
            }
        }
        return false;
    }
}

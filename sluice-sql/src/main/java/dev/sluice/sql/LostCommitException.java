package dev.sluice.sql;

import java.sql.SQLException;

/** The connection was lost while a commit was asked for: it may have happened or not, and must not be run again. */
final class LostCommitException extends SQLException {
    private static final long serialVersionUID = 1;

    LostCommitException(SQLException cause) {
        super("the answer to a commit was lost", cause.getSQLState(), cause.getErrorCode(), cause);
    }
}

package dev.sluice.outbox;

import dev.sluice.sql.Dialect;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of a {@link WithOutbox} that run on each database that several servers can share. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "{0}")
@EnumSource(value = Dialect.class, mode = EnumSource.Mode.EXCLUDE, names = "SQLITE")
@interface OnSharedDatabases {}
